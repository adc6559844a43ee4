// The sessions that a refusal names.
import { asProblem, type Booked } from "@/api";

const CODES: readonly string[] = ["room-is-booked", "room-has-sessions", "site-has-sessions"];

/** The booked sessions that stand in the way; null when something else went wrong, or nothing. */
export function inTheWay(error: unknown): readonly Booked[] | null {
  if (!error) {
    return null;
  }
  const { code, more } = asProblem(error);
  return CODES.includes(code) && Array.isArray(more.sessions) ? (more.sessions as Booked[]) : null;
}

export function countInWords(count: number): string {
  return count === 1 ? "1 session" : `${count} sessions`;
}
