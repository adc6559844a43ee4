// Where a session stands, beyond its status.
import type { Session } from "@/api";
import { type Instant, isPast } from "@/time";

/** Whether a session waits for rooms' answer. */
export function isWaiting(session: Session): boolean {
  return session.status === "requested" || session.rescheduling || session.undoing === true;
}

/** Whether the end of a session can be undone now. */
export function canUndo({ undo_until, undoing }: Session): boolean {
  return Boolean(undo_until) && !undoing && !isPast(undo_until ?? "");
}

/** Until when a room is held for whoever waited for it; null where none is. */
export function heldUntil({ status, offer_until }: Session): Instant | null {
  return status === "offered" ? (offer_until ?? null) : null;
}

/** A part of the platform that does not answer, at the beginning of a sentence. */
export function partInWords(part: string): string {
  return part === "broker" ? "The message broker" : `The service ${part}`;
}
