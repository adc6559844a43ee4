// Time as the clock at a site shows it. The browser's own zone plays no part: a desk in New York may look after Berlin.
import { conventionsHere } from "./locale";

/** An instant as the services write it: RFC 3339, in UTC. */
export type Instant = string;
/** What a clock at the site shows: `2026-03-08 09:00:00`. */
export type Wall = string;
/** A day of the site: `2026-03-08`. */
export type Day = string;

export const MINUTES_OF_A_DAY = 24 * 60;
const DAYS_OF_A_WEEK = 7;

export function now(): Instant {
  return Temporal.Now.instant().toString({ smallestUnit: "second" });
}

export function zoned(instant: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
}

/** What the site's clock shows at an instant. */
export function wallOf(instant: Instant, zone: string): Wall {
  return zoned(instant, zone).toPlainDateTime().toString({ smallestUnit: "second" }).replace("T", " ");
}

/** What a clock that is not set meanwhile shows so many minutes later. */
export function wallAfter(wall: Wall, minutes: number): Wall {
  const plain = Temporal.PlainDateTime.from(wall.replace(" ", "T")).add({ minutes });
  return plain.toString({ smallestUnit: "second" }).replace("T", " ");
}

/** Every instant at which the site's clock shows this: usually one, two where it is set back, none where it is set forward. */
export function instantsOf(wall: Wall, zone: string): Instant[] {
  const plain = Temporal.PlainDateTime.from(wall.replace(" ", "T"));
  const readings = (["earlier", "later"] as const).map((disambiguation) =>
    plain.toZonedDateTime(zone, { disambiguation }),
  );
  const meant = readings.filter((reading) => reading.toPlainDateTime().equals(plain));
  return [...new Set(meant.map((reading) => reading.toInstant().toString()))];
}

/** Every instant that a day and a typed time (`HH:mm`) may mean: none, one, or two. */
export function readings(day: Day, time: string, zone: string): Instant[] {
  return /^\d\d:\d\d$/.test(time) ? instantsOf(`${day} ${time}:00`, zone) : [];
}

/** The day of the site on which an instant lies. */
export function dayOf(instant: Instant, zone: string): Day {
  return zoned(instant, zone).toPlainDate().toString();
}

export function today(zone: string): Day {
  return dayOf(now(), zone);
}

/** `HH:mm` on the site's clock. */
export function timeOf(instant: Instant, zone: string): string {
  return zoned(instant, zone).toPlainTime().toString({ smallestUnit: "minute" });
}

export function addDays(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

export function addMinutes(instant: Instant, minutes: number): Instant {
  return Temporal.Instant.from(instant).add({ minutes }).toString();
}

/** Minutes that really pass between two instants. */
export function minutesBetween(from: Instant, to: Instant): number {
  return Math.round(Temporal.Instant.from(from).until(Temporal.Instant.from(to)).total("minutes"));
}

export function secondsUntil(instant: Instant): number {
  return Math.ceil(Temporal.Now.instant().until(Temporal.Instant.from(instant)).total("seconds"));
}

/** The first day of a day's week, which is the chosen site's: Sunday in New York, Monday in Berlin. */
export function weekStart(day: Day, { firstDayOfWeek } = conventionsHere()): Day {
  const date = Temporal.PlainDate.from(day);
  return date.subtract({ days: (date.dayOfWeek - firstDayOfWeek + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK }).toString();
}

/** The seven days of a day's week. */
export function weekOf(day: Day, conventions = conventionsHere()): Day[] {
  const first = weekStart(day, conventions);
  return Array.from({ length: DAYS_OF_A_WEEK }, (_, index) => addDays(first, index));
}

/** What stands for the weekdays, given from Monday on, in the order of the chosen site's week. */
export function inOrderOfWeek<Of>(fromMonday: readonly Of[], { firstDayOfWeek } = conventionsHere()): Of[] {
  const first = (firstDayOfWeek + DAYS_OF_A_WEEK - 1) % DAYS_OF_A_WEEK;
  return [...fromMonday.slice(first), ...fromMonday.slice(0, first)];
}

/** When a day of the site begins. Some zones skip midnight; then it begins later. */
export function startOfDay(day: Day, zone: string): Instant {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant().toString();
}

/** How many hours a day of the site has: 23 or 25 where the clocks are set. */
export function hoursIn(day: Day, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).hoursInDay;
}

/** The days among these on which the site's clocks are set. */
export function clockChanges(days: Day[], zone: string): Day[] {
  return days.filter((day) => hoursIn(day, zone) !== 24);
}

/** Whether the site's clock shows this instant's time twice on its day. */
export function isShownTwice(instant: Instant, zone: string): boolean {
  return instantsOf(wallOf(instant, zone), zone).length > 1;
}

export function isPast(instant: Instant): boolean {
  return Temporal.Instant.compare(Temporal.Instant.from(instant), Temporal.Now.instant()) <= 0;
}

export function isDay(text: string | null | undefined): text is Day {
  return typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
