// The sessions that a refusal names.
import { asProblem, type Booked } from "@/api";
import { numberInWords } from "@/ui/text";

const CODES: readonly string[] = ["room-is-booked", "room-has-sessions", "site-has-sessions"];

/** The booked sessions for which something was refused: the first of them, and how many they are. */
export interface Affected {
  readonly sessions: readonly Booked[];
  readonly count: number;
}

/** Whom a refusal is about; null when it was refused for something else, or was not. */
export function affectedBy(error: unknown): Affected | null {
  if (!error) {
    return null;
  }
  const { code, more } = asProblem(error);
  if (!CODES.includes(code) || !Array.isArray(more.sessions)) {
    return null;
  }
  const sessions = more.sessions as Booked[];
  return { sessions, count: sessions.length + Number(more.sessions_omitted ?? 0) };
}

export function countInWords(count: number): string {
  return count === 1 ? "1 session" : `${numberInWords(count)} sessions`;
}
