// What a series repeats by, and which of its sessions a change is about.
import type { Session } from "@/api";
import type { components } from "@/api/scheduling";
import { canUndo } from "@/features/sessions/standing";

export type Series = components["schemas"]["SeriesView"];
export type SeriesChange = components["schemas"]["SeriesChange"];
export type MovePreview = components["schemas"]["MovePreview"];
export type PreviewedMove = components["schemas"]["PreviewedMove"];
export type SeriesMoved = components["schemas"]["SeriesMoved"];
export type Move = components["schemas"]["MoveView"];
export type MovedDate = components["schemas"]["MovedDateView"];
export type DateOutcome = components["schemas"]["DateOutcome"];
export type Scope = components["schemas"]["Scope"];

export const SCOPES: readonly { readonly value: Scope; readonly label: string }[] = [
  { value: "this", label: "Only this session" },
  { value: "following", label: "This and the following sessions" },
  { value: "all", label: "All sessions of the series" },
];

const UNITS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  DAILY: ["day", "days"],
  WEEKLY: ["week", "weeks"],
  MONTHLY: ["month", "months"],
  YEARLY: ["year", "years"],
};

/** `FREQ=WEEKLY;INTERVAL=2;COUNT=6` as `Every 2 weeks, 6 times`. */
export function ruleInWords(rrule: string): string {
  const parts = new Map(rrule.split(";").map((part) => part.split("=") as [string, string]));
  const [one, several] = UNITS[parts.get("FREQ") ?? ""] ?? ["time", "times"];
  const interval = Number(parts.get("INTERVAL") ?? 1);
  const every = interval > 1 ? `Every ${interval} ${several}` : `Every ${one}`;
  const count = parts.get("COUNT");
  return count ? `${every}, ${count} times` : every;
}

/** What became of a change, in one sentence; the page of a session that stays shows why. */
export function outcomeInWords({ items }: SeriesChange, verb: string): string {
  const kept = items.filter(({ problems }) => problems.length > 0);
  const done = items.length - kept.length;
  const sessions = done === 1 ? "1 session is" : `${done} sessions are`;
  return kept.length ? `${sessions} ${verb}; ${kept.length} stay as they were.` : `${sessions} ${verb}.`;
}

/** The message that sessions of a series are cancelled, which does not hold any more once that is undone. */
export function cancelledNotice(seriesId: string): string {
  return `cancelled ${seriesId}`;
}

/** The sessions that were cancelled together last and can be undone, in the order of time. */
export function lastCancelled({ occurrences }: Pick<Series, "occurrences">): Session[] {
  const cancelled = occurrences.filter((session) => session.status === "cancelled" && canUndo(session));
  const last = Math.max(...cancelled.map(({ undo_until }) => Date.parse(undo_until ?? "")));
  return cancelled.filter(({ undo_until }) => Date.parse(undo_until ?? "") === last);
}

/** What became of an undone cancellation, in one sentence; `now` has the sessions as they are since. */
export function undoneInWords({ items }: SeriesChange, now: readonly Session[]): string {
  const after = items.map(({ session_id, session }) => ({
    session: session ?? now.find(({ id }) => id === session_id),
    isOfOthers: !session,
  }));
  const booked = after.filter(({ session }) => session?.status === "booked");
  const others = booked.filter(({ isOfOthers }) => isOfOthers).length;
  const own = booked.length - others;
  const waiting = after.filter(({ session }) => session?.undoing).length;
  const unknown = after.filter(({ session }) => !session).length;
  const kept = items.length - booked.length - waiting - unknown;
  return [
    own > 0 && (own === 1 ? "1 session is booked again" : `${own} sessions are booked again`),
    others > 0 && (others === 1 ? "1 was booked again already" : `${others} were booked again already`),
    waiting > 0 && `${waiting} ${waiting === 1 ? "waits for its room" : "wait for their rooms"}`,
    kept > 0 && `${kept} ${kept === 1 ? "stays cancelled" : "stay cancelled"}`,
    unknown > 0 && `${unknown} ${unknown === 1 ? "was" : "were"} not changed`,
  ]
    .filter(Boolean)
    .join("; ")
    .concat(".");
}
