// A session that is dragged elsewhere: shown there at once, and truly there when rooms has confirmed it.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type Alternative, asProblem, mayBeDone, type Problem, type Session } from "@/api";
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
  readonly roomId: string;
  readonly problem: Problem | null;
  readonly retry: (override: string) => void;
}

/** A move that was sent and not answered: whether it is done is unknown until the same is answered. */
export interface Unanswered {
  readonly session: Session;
  readonly to: Move;
  readonly problem: Problem;
  /** Send the same again; it has the same key and is done once. */
  readonly again: () => void;
}

export function useMoves(known: ReadonlyMap<string, Session>, zone: string) {
  const queries = useQueryClient();
  const [moves, setMoves] = useState<ReadonlyMap<string, Move>>(new Map());
  const [refused, setRefused] = useState<Refused | null>(null);
  const [unanswered, setUnanswered] = useState<Unanswered | null>(null);

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
          setRefused({ session: answer, wantedStart: to.startsAt, roomId: to.roomId, problem: null, retry });
        } else {
          const back: Step = { step: "reschedule", starts_at: session.starts_at, room_id: session.room_id };
          const where = { startsAt: session.starts_at, endsAt: session.ends_at, roomId: session.room_id ?? to.roomId };
          notifyMoved({ moved: answer, former: session, zone, undo: () => void run(answer, where, back) });
        }
      } catch (error) {
        const problem = asProblem(error);
        if (mayBeDone(error)) {
          setUnanswered({ session, to, problem, again: () => void run(session, to, step) });
          void refreshAfter(queries, "scheduling.session_rescheduled.v1");
        } else {
          // What the session has of alternatives is of an earlier refusal.
          setRefused({
            session: { ...session, alternatives: [] },
            wantedStart: to.startsAt,
            roomId: to.roomId,
            problem,
            retry,
          });
        }
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

  const chooseRoom = useCallback(
    (roomId: string) => {
      if (refused) {
        setRefused(null);
        moveTo(refused.session, refused.wantedStart, roomId);
      }
    },
    [refused, moveTo],
  );

  const insist = useCallback(
    (reason: string) => {
      refused?.retry(reason);
      setRefused(null);
    },
    [refused],
  );

  const forget = useCallback(() => {
    setRefused(null);
    setUnanswered(null);
  }, []);

  const sendAgain = useCallback(() => {
    setUnanswered(null);
    unanswered?.again();
  }, [unanswered]);

  return { moves, move, moveTo, refused, choose, chooseRoom, insist, unanswered, sendAgain, forget };
}

function placeOf(session: Session, startsAt: Instant, roomId: string): Move {
  return { startsAt, endsAt: addMinutes(startsAt, minutesBetween(session.starts_at, session.ends_at)), roomId };
}

function normal(instant: Instant): Instant {
  return addMinutes(instant, 0);
}
