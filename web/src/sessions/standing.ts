// Where a session stands, beyond its status.
import type { Session } from "@/api";
import type { Instant } from "@/time";

/** Whether a session waits for rooms' answer. */
export function isWaiting(session: Session): boolean {
  return session.status === "requested" || session.rescheduling;
}

/** Until when a room is held for whoever waited for it; null where none is. */
export function heldUntil({ status, offer_until }: Session): Instant | null {
  return status === "offered" ? (offer_until ?? null) : null;
}
