// Which hours of the day a calendar draws, and at which it opens. Pure.
import type { CalendarEntry } from "@/api";
import { addDays, type Day, dayOf, timeOf, type Wall, wallOf } from "@/time";
import type { Drawn, EntryKind, Opening } from "./entries";

/** The part of the day that is drawn, on whole hours. */
export interface Range {
  readonly start: string;
  readonly end: string;
}

const USUAL: Range = { start: "08:00:00", end: "18:00:00" };
const MIDNIGHT = 24;

/** From the first hour in which a site opens or somebody is there to the last; nobody is there in a room that is blocked. */
export function rangeOf(
  days: readonly Day[],
  openings: readonly Opening[],
  taken: readonly (Opening & { readonly kind?: CalendarEntry["kind"] })[],
  zone: string,
): Range {
  let first = MIDNIGHT;
  let last = 0;
  for (const { starts_at, ends_at } of [...openings, ...taken.filter(({ kind }) => kind !== "block")]) {
    for (const day of days) {
      const from =
        dayOf(starts_at, zone) === day
          ? hours(timeOf(starts_at, zone))
          : wallOf(starts_at, zone) < `${day} 00:00:00`
            ? 0
            : null;
      const until =
        dayOf(ends_at, zone) === day
          ? hours(timeOf(ends_at, zone))
          : wallOf(ends_at, zone) >= `${addDays(day, 1)} 00:00:00`
            ? MIDNIGHT
            : null;
      if (from !== null && until !== null) {
        first = Math.min(first, Math.floor(from));
        last = Math.max(last, Math.ceil(until));
      }
    }
  }
  return first < last ? { start: `${two(first)}:00:00`, end: `${two(last)}:00:00` } : USUAL;
}

const USUAL_FIRST_HOUR = 7;
const NO_SESSION: ReadonlySet<EntryKind> = new Set(["block", "off", "turnover", "closed"]);

/**
 * The hour at which a calendar opens: the one before now where today is in it. Otherwise its first, unless that is in the night: then
 * that of the first session, or seven.
 */
export function opensAt(days: readonly Day[], entries: readonly Drawn[], range: Range, wallNow: Wall): string {
  if (days.includes(wallNow.slice(0, 10))) {
    return hourBefore(wallNow.slice(11));
  }
  if (Number(range.start.slice(0, 2)) >= USUAL_FIRST_HOUR) {
    return range.start;
  }
  const starts = entries.filter(({ kind, start }) => !NO_SESSION.has(kind) && days.includes(start.slice(0, 10)));
  const first = Math.min(...starts.map(({ start }) => hourOf(start)));
  return `${two(starts.length > 0 ? first : USUAL_FIRST_HOUR)}:00:00`;
}

/** `08:00:00` of `09:30:00`; midnight is the first. */
export function hourBefore(time: string): string {
  return `${two(Math.max(0, Number(time.slice(0, 2)) - 1))}:00:00`;
}

function hourOf(wall: Wall): number {
  return Number(wall.slice(11, 13));
}

function hours(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour + minute / 60;
}

function two(hour: number): string {
  return String(hour).padStart(2, "0");
}
