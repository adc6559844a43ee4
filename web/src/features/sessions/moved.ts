// A move that is done, with the way back for as long as there is one.
import { newKey, type Session } from "@/api";
import { handleEvents, type LiveEvent } from "@/live";
import { minutesBetween, momentInWords } from "@/time";
import { notify } from "@/ui";

const ENDINGS: ReadonlySet<string> = new Set([
  "scheduling.session_cancelled.v1",
  "scheduling.session_completed.v1",
  "scheduling.session_no_show.v1",
]);
const MOVED = "scheduling.session_rescheduled.v1";

/** Say where a session was moved to; the message goes when somebody ends the session or moves it on. */
export function notifyMoved(moved: Session, zone: string, undo: () => void): void {
  const id = newKey();
  const stop = handleEvents((event) => {
    if (endsUndoOf(moved, event)) {
      notify.forget(id);
    }
  });
  notify.done(`Moved to ${momentInWords(moved.starts_at, zone)}, room ${moved.room_number}.`, {
    id,
    about: moved.id,
    onClick: undo,
    onGone: stop,
  });
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
