// The dates of a series: those that are booked, and those that could not be.
import type { Instant } from "@/time";

interface Dated {
  readonly starts_at: Instant;
}

/** All dates of a series in the order of time, whether they were booked or refused. */
export function datesOf<Booked extends Dated, Refused extends Dated>(
  booked: readonly Booked[],
  refused: readonly Refused[],
): (Booked | Refused)[] {
  return [...booked, ...refused].sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
}
