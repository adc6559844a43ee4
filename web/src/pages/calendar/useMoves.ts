// A session that is dragged elsewhere: shown there at once, and truly there when rooms has confirmed it.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type Alternative, asProblem, type Problem, type Session } from "@/api";
import { notifyMoved } from "@/features/sessions/moved";
import { isWaiting } from "@/features/sessions/standing";
import { type Step, take } from "@/features/sessions/steps";
import { refreshAfter } from "@/live";
import { addMinutes, type Instant, minutesBetween, type Wall } from "@/time";
import { notify } from "@/ui";
import { type Drawn, type Move, meant } from "./entries";

/** A move that did not come about: why, and what would do instead. */
export interface Refused {
  readonly session: Session;
  readonly wantedStart: Instant;
  readonly problem: Problem | null;
  readonly retry: (override: string) => void;
}

export function useMoves(known: ReadonlyMap<string, Session>, zone: string) {
  const queries = useQueryClient();
  const [moves, setMoves] = useState<ReadonlyMap<string, Move>>(new Map());
  const [refused, setRefused] = useState<Refused | null>(null);

  const run = useCallback(
    async (session: Session, to: Move, step: Step): Promise<void> => {
      const retry = (override: string) =>
        void run(session, to, { step: "reschedule", starts_at: to.startsAt, room_id: to.roomId, override });
      setMoves((before) => new Map(before).set(session.id, to));
      try {
        const answer = await take(session.id, step);
        await refreshAfter(queries, "scheduling.session_rescheduled.v1");
        if (isWaiting(answer)) {
          notify.note("The move waits for a room. The session keeps its place until then.");
        } else if (answer.alternatives.length || answer.rejection_reason) {
          setRefused({ session: answer, wantedStart: to.startsAt, problem: null, retry });
        } else {
          const back: Step = { step: "reschedule", starts_at: session.starts_at, room_id: session.room_id };
          const where = { startsAt: session.starts_at, endsAt: session.ends_at, roomId: session.room_id ?? to.roomId };
          notifyMoved(answer, zone, () => void run(answer, where, back));
        }
      } catch (error) {
        setRefused({ session, wantedStart: to.startsAt, problem: asProblem(error), retry });
      } finally {
        setMoves((before) => {
          const after = new Map(before);
          after.delete(session.id);
          return after;
        });
      }
    },
    [queries, zone],
  );

  const moveTo = useCallback(
    (session: Session, startsAt: Instant, roomId: string) => {
      const to = placeOf(session, startsAt, roomId);
      if (to.startsAt !== normal(session.starts_at) || roomId !== session.room_id) {
        void run(session, to, { step: "reschedule", starts_at: to.startsAt, room_id: roomId });
      }
    },
    [run],
  );

  const move = useCallback(
    (entry: Drawn, start: Wall, roomId: string) => {
      const session = entry.sessionId ? known.get(entry.sessionId) : undefined;
      const time = meant(start, zone);
      if ("problem" in time) {
        notify.note(time.problem);
      } else if (session) {
        moveTo(session, time.instant, roomId);
      }
    },
    [known, moveTo, zone],
  );

  const choose = useCallback(
    (alternative: Alternative) => {
      if (!refused) {
        return;
      }
      const { session } = refused;
      const to = { startsAt: alternative.starts_at, endsAt: alternative.ends_at, roomId: alternative.room_id };
      const offered = session.alternatives.some(({ id }) => id === alternative.id);
      const step: Step = offered
        ? { step: "accept", alternative_id: alternative.id }
        : { step: "reschedule", starts_at: alternative.starts_at, room_id: alternative.room_id };
      setRefused(null);
      void run(session, to, step);
    },
    [refused, run],
  );

  const insist = useCallback(
    (reason: string) => {
      refused?.retry(reason);
      setRefused(null);
    },
    [refused],
  );

  return { moves, move, moveTo, refused, choose, insist, forget: useCallback(() => setRefused(null), []) };
}

function placeOf(session: Session, startsAt: Instant, roomId: string): Move {
  return { startsAt, endsAt: addMinutes(startsAt, minutesBetween(session.starts_at, session.ends_at)), roomId };
}

function normal(instant: Instant): Instant {
  return addMinutes(instant, 0);
}
