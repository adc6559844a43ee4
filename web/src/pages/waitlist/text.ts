// An entry of the waitlist, and how its hours read.
import type { Readable } from "openapi-typescript-helpers";
import type { components } from "@/api/scheduling";
import { clockInWords, inOrderOfWeek } from "@/time";

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

/** `Tue 2:00 PM–6:00 PM, Thu 8:00 AM–12:00 PM`; where there are none, any time. */
export function hoursInWords(hours: Entry["hours"]): string {
  const spans = inOrderOfWeek(WEEKDAYS).flatMap(([day, name]) =>
    (hours?.[day] ?? []).map(([from = "", to = ""]) => `${name} ${clockInWords(from)}–${clockInWords(to)}`),
  );
  return spans.length ? spans.join(", ") : "any time of the week";
}
