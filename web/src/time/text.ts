// Times and days in words, on the site's clock and as people write them there.
import { addMinutes, type Day, dayOf, type Instant, isShownTwice, minutesBetween, startOfDay } from "./clock";
import { type Conventions, conventionsHere, conventionsOf } from "./locale";

const HOURS_OF_A_DAY = 24;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return formatAs(conventionsOf(zone), zone, options);
}

function formatAs(
  { locale, twelveHours }: Conventions,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const hourCycle = twelveHours ? "h12" : "h23";
  const key = `${locale} ${hourCycle} ${zone} ${JSON.stringify(options)}`;
  const clock = options.hour ? ({ hourCycle, ...(twelveHours ? {} : { hour: "2-digit" }) } as const) : {};
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone: zone, ...options, ...clock });
  formats.set(key, known);
  return known;
}

/** `2:30 PM`; where the clock shows it twice, with the offset that is meant. */
export function timeInWords(instant: Instant, zone: string): string {
  const options: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
  if (isShownTwice(instant, zone)) {
    options.timeZoneName = "shortOffset";
  }
  return format(zone, options).format(new Date(instant));
}

/** `2:30 PM` or `14:30`, of `14:30` on the site's clock; the end of a day is `midnight` where `24:00` is not written. */
export function clockInWords(time: string, conventions: Conventions = conventionsHere()): string {
  const [hour = "", minute = ""] = time.split(":");
  if (!conventions.twelveHours || !/^\d+$/.test(hour)) {
    return time.slice(0, "HH:mm".length);
  }
  if (Number(hour) === HOURS_OF_A_DAY) {
    return "midnight";
  }
  return `${Number(hour) % 12 || 12}:${minute} ${Number(hour) < 12 ? "AM" : "PM"}`;
}

/** `2:30:05 PM`, for what happens within a minute. */
export function timeOfSecond(instant: Instant, zone: string): string {
  return format(zone, { hour: "numeric", minute: "2-digit", second: "2-digit" }).format(new Date(instant));
}

export function spanInWords(from: Instant, to: Instant, zone: string): string {
  return `${timeInWords(from, zone)} – ${timeInWords(to, zone)}`;
}

/**
 * As `spanInWords`, with both days where it ends on another: `Mon, Mar 2, 9:00 PM – Tue, Mar 3, 6:00 AM`.
 * Whole days have no times: `all day`, `Mon, Mar 2 to Wed, Mar 4`.
 */
export function spanOfDaysInWords(from: Instant, to: Instant, zone: string): string {
  const [first, last] = [dayOf(from, zone), dayOf(addMinutes(to, -1), zone)];
  const areWhole = isStartOfDay(from, zone) && isStartOfDay(to, zone);
  if (first === last) {
    return areWhole ? "all day" : spanInWords(from, to, zone);
  }
  return areWhole
    ? `${dayAs(conventionsOf(zone), first)} to ${dayAs(conventionsOf(zone), last)}`
    : `${momentInWords(from, zone)} – ${momentInWords(to, zone)}`;
}

/** As `spanOfDaysInWords`, with its day also where it is one: `Thu, Dec 3, all day`. */
export function periodInWords(from: Instant, to: Instant, zone: string): string {
  const [first, last] = [dayOf(from, zone), dayOf(addMinutes(to, -1), zone)];
  const span = spanOfDaysInWords(from, to, zone);
  return first === last ? `${dayAs(conventionsOf(zone), first)}, ${span}` : span;
}

function isStartOfDay(instant: Instant, zone: string): boolean {
  return minutesBetween(startOfDay(dayOf(instant, zone), zone), instant) === 0;
}

/** `Mon, Mar 2`; with the year where it is not this one. */
export function dayInWords(day: Day, options: DayOptions = {}): string {
  return dayAs(conventionsHere(), day, options);
}

interface DayOptions {
  readonly weekday?: "short" | "long";
  readonly year?: boolean;
}

function dayAs(conventions: Conventions, day: Day, options: DayOptions = {}): string {
  const date = new Date(`${day}T12:00:00Z`);
  const otherYear = options.year ?? date.getUTCFullYear() !== new Date().getUTCFullYear();
  return formatAs(conventions, "UTC", {
    weekday: options.weekday ?? "short",
    month: options.weekday === "long" ? "long" : "short",
    day: "numeric",
    ...(otherYear ? { year: "numeric" } : {}),
  }).format(date);
}

/** `Oct 1, 2015`: a day whose weekday does not matter. */
export function dateInWords(day: Day): string {
  const options = { month: "short", day: "numeric", year: "numeric" } as const;
  return formatAs(conventionsHere(), "UTC", options).format(new Date(`${day}T12:00:00Z`));
}

/** `Mon, Mar 2, 2:30 PM`; with the year where it is not this one. */
export function momentInWords(instant: Instant, zone: string): string {
  const yearOf = (moment: Date) => format(zone, { year: "numeric" }).format(moment);
  const moment = new Date(instant);
  return format(zone, {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    ...(yearOf(moment) === yearOf(new Date()) ? {} : { year: "numeric" }),
  }).format(moment);
}

/** `EST (UTC−05:00)`: what the zone is called at an instant, and how far it is from UTC. */
export function zoneInWords(zone: string, instant: Instant): string {
  const named = part(zone, "short", instant);
  // A minus sign, which no line breaks after as after a hyphen.
  const offset = part(zone, "longOffset", instant).replace("GMT", "UTC").replace("-", "−");
  return named.startsWith("GMT") ? offset : `${named} (${offset === "UTC" ? "UTC±00:00" : offset})`;
}

function part(zone: string, timeZoneName: "short" | "longOffset", instant: Instant): string {
  const parts = format(zone, { timeZoneName }).formatToParts(new Date(instant));
  return parts.find((found) => found.type === "timeZoneName")?.value ?? zone;
}

/** `50 min`, `1 h 30 min`. */
export function durationInWords(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours ? `${hours} h` : "", rest || !hours ? `${rest} min` : ""].filter(Boolean).join(" ");
}

/** `31 ms`, `1.2 s`, `3 min`: how long a step took. */
export function elapsedInWords(milliseconds: number): string {
  if (milliseconds < 1000) {
    return `${Math.round(milliseconds)} ms`;
  }
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : durationInWords(Math.round(seconds / 60));
}

/** `0:09`, or `1 h 54 min` where seconds do not matter yet: what is left of a hold. */
export function countdownInWords(seconds: number): string {
  const left = Math.max(0, seconds);
  const minutes = Math.floor(left / 60);
  return minutes >= 60 ? durationInWords(minutes) : `${minutes}:${String(left % 60).padStart(2, "0")}`;
}

/** `March 2026`, of `2026-03`. */
export function monthInWords(month: string): string {
  return formatAs(conventionsHere(), "UTC", { month: "long", year: "numeric" }).format(
    new Date(`${month}-15T12:00:00Z`),
  );
}
