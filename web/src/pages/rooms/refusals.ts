// The sessions that a refusal names.
import { asProblem, type Booked } from "@/api";

const CODES: readonly string[] = ["room-is-booked", "room-has-sessions", "site-has-sessions"];

/** The booked sessions for which something was refused; null when it was refused for something else, or was not. */
export function affectedBy(error: unknown): readonly Booked[] | null {
  if (!error) {
    return null;
  }
  const { code, more } = asProblem(error);
  return CODES.includes(code) && Array.isArray(more.sessions) ? (more.sessions as Booked[]) : null;
}

export function countInWords(count: number): string {
  return count === 1 ? "1 session" : `${count} sessions`;
}
