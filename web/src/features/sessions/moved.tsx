// A move that is done, with the way back for as long as there is one.
import type { ReactNode } from "react";
import { newKey, type Session } from "@/api";
import { findOffers, isInTheWay, type Offer, OfferedTo, type Place } from "@/features/waitlist/offers";
import { handleEvents, type LiveEvent } from "@/live";
import { minutesBetween, momentInWords } from "@/time";
import { notify } from "@/ui";
import { isWaiting } from "./standing";

const ENDINGS: ReadonlySet<string> = new Set([
  "scheduling.session_cancelled.v1",
  "scheduling.session_completed.v1",
  "scheduling.session_no_show.v1",
]);
const MOVED = "scheduling.session_rescheduled.v1";
const OFFERED = "scheduling.session_offered.v1";

interface Moved {
  readonly moved: Session;
  /** Where it was. */
  readonly former: Place;
  readonly zone: string;
  readonly undo: () => void;
  readonly isRefused?: boolean;
}

/** State where a session was moved to, with who is offered its former place; the message goes when somebody ends the session or moves it on. */
export function notifyMoved(move: Moved): void {
  const { moved, former, zone } = move;
  const words = `Moved to ${momentInWords(moved.starts_at, zone)}, room ${moved.room_number}.`;
  let isShown = true;
  const shown = show(move, words, () => {
    isShown = false;
    stop();
  });
  const lookUp = async () => {
    const [offer] = await findOffers(former, zone).catch(() => []);
    if (offer && isShown) {
      notify.forget(shown);
      show(move, <Offered {...move} words={words} offer={offer} />);
    }
  };
  const stop = handleEvents(({ type, data }) => {
    if (type === OFFERED && isInTheWay(data as unknown as Place, former)) {
      void lookUp();
    }
  });
  // What became free may have been offered before the move was answered.
  void lookUp();
}

/** State what became of undoing a move that scheduling answered: the session is back, waits, or stays because its place was taken. */
export function notifyMovedBack(answer: Session, { moved, former, zone }: Moved): void {
  if (minutesBetween(answer.starts_at, former.starts_at) === 0) {
    const words = `Undone. The session is on ${momentInWords(answer.starts_at, zone)} again, in room ${answer.room_number}.`;
    notify.done(words, { about: moved.id });
  } else if (isWaiting(answer)) {
    notify.note("The move back waits for a room. The session keeps its place until then.", { about: moved.id });
  } else {
    const place = `${momentInWords(answer.starts_at, zone)}, room ${answer.room_number}`;
    notify.problem(new Error(`Its former room was taken meanwhile. It stays on ${place}.`), "The move was not undone");
  }
}

/** State that a move was not undone: who is offered the former place, with another way back, or what else is in the way. */
export async function notifyNotMovedBack(error: unknown, move: Moved): Promise<void> {
  const [offer] = await findOffers(move.former, move.zone).catch(() => []);
  if (offer) {
    show({ ...move, isRefused: true }, <Offered {...move} words="The move was not undone." offer={offer} />);
  } else {
    notify.problem(error, "The move was not undone");
  }
}

/** Show a message with the way back for as long as that leads anywhere. */
function show({ moved, undo, isRefused = false }: Moved, message: ReactNode, onGone?: () => void): string {
  const id = newKey();
  const stop = handleEvents((event) => {
    if (endsUndoOf(moved, event)) {
      notify.forget(id);
    }
  });
  notify.done(message, {
    id,
    about: moved.id,
    stays: typeof message !== "string",
    isRefused,
    onClick: undo,
    onGone: () => {
      stop();
      onGone?.();
    },
  });
  return id;
}

function Offered({ words, offer, former, zone }: Moved & { readonly words: string; readonly offer: Offer }) {
  return (
    <>
      {words} <OfferedTo what="Its former time" offer={offer} siteId={former.site_id} zone={zone} next="undo" />
    </>
  );
}

/** Whether after this event there is nothing left that the undo of a move could take back. */
export function endsUndoOf({ id, starts_at, room_id }: MovedTo, { type, data }: EventOfSession): boolean {
  if (data.session_id !== id) {
    return false;
  }
  const isElsewhere = data.room_id !== room_id || minutesBetween(String(data.starts_at), starts_at) !== 0;
  return ENDINGS.has(type) || (type === MOVED && isElsewhere);
}

type MovedTo = Pick<Session, "id" | "starts_at" | "room_id">;
type EventOfSession = Pick<LiveEvent, "type" | "data">;
