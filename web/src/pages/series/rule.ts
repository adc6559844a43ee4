// What a series repeats by, and which of its sessions a change is about.
import type { components } from "@/api/scheduling";

export type Series = components["schemas"]["SeriesView"];
export type SeriesChange = components["schemas"]["SeriesChange"];
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

/** What became of a change, in one sentence; a session that stays says why on the page. */
export function outcomeInWords({ items }: SeriesChange, verb: string): string {
  const kept = items.filter(({ problems }) => problems.length > 0);
  const done = items.length - kept.length;
  const sessions = done === 1 ? "1 session is" : `${done} sessions are`;
  return kept.length ? `${sessions} ${verb}; ${kept.length} stay as they were.` : `${sessions} ${verb}.`;
}
