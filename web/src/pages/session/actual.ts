// Times that were noted down on the site's clock, as instants.
import type { Session } from "@/api";
import { addDays, type Day, dayOf, type Instant, instantsOf, minutesBetween } from "@/time";

export interface Times {
  readonly start: Instant;
  readonly end: Instant;
}

/** When a session began and ended, by what the clock showed; null where a time is missing or the clock never showed it. */
export function actualTimes(
  { starts_at, ends_at }: Pick<Session, "starts_at" | "ends_at">,
  began: string,
  ended: string,
  zone: string,
): Times | null {
  const day = dayOf(starts_at, zone);
  const start = nearest(day, began, zone, starts_at);
  // Only a session that was planned over midnight ends on the day after.
  const isOvernight = dayOf(ends_at, zone) !== day && ended < began;
  const end = nearest(isOvernight ? addDays(day, 1) : day, ended, zone, ends_at);
  return start && end ? { start, end } : null;
}

/** Where the clock shows a time twice, the one that is nearer to the plan is meant. */
function nearest(day: Day, time: string, zone: string, planned: Instant): Instant | null {
  const readings = time ? instantsOf(`${day} ${time}:00`, zone) : [];
  const [first, second] = readings;
  if (!first || !second) {
    return first ?? null;
  }
  return Math.abs(minutesBetween(planned, first)) <= Math.abs(minutesBetween(planned, second)) ? first : second;
}
