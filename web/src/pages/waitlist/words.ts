// An entry of the waitlist, and how its hours read.
import type { Readable } from "openapi-typescript-helpers";
import type { components } from "@/api/scheduling";

export type Entry = Readable<components["schemas"]["EntryView"]>;
export type Status = components["schemas"]["EntryStatus"];

export const WEEKDAYS = [
  ["mon", "Mon"],
  ["tue", "Tue"],
  ["wed", "Wed"],
  ["thu", "Thu"],
  ["fri", "Fri"],
  ["sat", "Sat"],
  ["sun", "Sun"],
] as const;

/** `Tue 14:00–18:00, Thu 08:00–12:00`; where nothing is said, any time. */
export function hoursInWords(hours: Entry["hours"]): string {
  const spans = WEEKDAYS.flatMap(([day, name]) => (hours?.[day] ?? []).map(([from, to]) => `${name} ${from}–${to}`));
  return spans.length ? spans.join(", ") : "any time of the week";
}
