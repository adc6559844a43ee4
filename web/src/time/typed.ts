// A day as somebody types it: `12/1`, `1.12.`, `Dec 1`, `tomorrow`, `Monday`, `next Tue`, `Thu 12/3`; without a year it is the next one, unless the field states otherwise.
import { type Day, today } from "./clock";
import { BROWSERS_LANGUAGE, conventionsHere, zoneHere } from "./locale";

export interface Typing {
  readonly today: Day;
  /** English in the country of the site: whether `12/1` is 1 December or 12 January, and what months are called. */
  readonly language: string;
  /** Which year is meant where none is typed, or only two digits of one. */
  readonly near?: Near;
  /** As `DatesProvider` counts: 0 is Sunday, 1 is Monday. */
  readonly firstDayOfWeek?: number;
}

/**
 * `next`: this day or later. `recent`: as `next`, unless the day was one of the last 30. `nearest`: before or after, whichever is closer.
 * `past`: this day or earlier.
 */
export type Near = "next" | "recent" | "nearest" | "past";

const CENTURY = 100;
/** A day whose number cannot be a month. */
const LAST_OF_A_YEAR = Date.UTC(2026, 11, 31);
/** As people write `tomorrow` in a hurry. */
const SHORT: Readonly<Record<string, number>> = { tmrw: 1, tmr: 1, tom: 1 };
/** The days around today that languages have words for. */
const NAMED_DAYS = [-2, -1, 0, 1, 2] as const;
const OF_A_WEEK = /^(?:(this|diese[nrs]?)|next|nächste[nr]?|naechste[nr]?)\s+(.+)$/u;
/** `+7`, `in 3 days`, `in 2 weeks`. */
const AHEAD = /^(?:\+(\d{1,3})|in\s+(\d{1,3})\s+(days?|tag(?:en)?|weeks?|wochen?))$/;
const NUMBERS = /^\d{1,2}\s*([/.\-\s])\s*\d{1,2}(\s*[/.\-\s]\s*(\d{2}|\d{4}))?\.?$/;
/** As long as a walk-in is recorded afterwards. */
const RECENT_DAYS = 30;
const WITH_WEEKDAY = /^(\p{L}+)\.?,?\s+(.*\d.*)$/u;
const YEARS_AROUND = 8;
const DAYS_OF_A_WEEK = 7;
const SUNDAY = 7;
const DAY_MS = 86_400_000;

/** The day that a text means, as `YYYY-MM-DD`; null where it means none. */
export function typedDay(text: string, typing: Typing): Day | null {
  const { today, language, near = "next", firstDayOfWeek = 1 } = typing;
  const words = text.trim().toLowerCase();
  const away = namedDay(words, language);
  if (away !== null) {
    return Temporal.PlainDate.from(today).add({ days: away }).toString();
  }
  const [, isThis, named = ""] = OF_A_WEEK.exec(words) ?? [];
  const ofThatWeek = namedWeekday(named, language);
  if (ofThatWeek) {
    const present = Temporal.PlainDate.from(today);
    const place = (day: number) => (day - firstDayOfWeek + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK;
    const ahead = place(ofThatWeek) - place(present.dayOfWeek);
    // On the Sunday before it, the working week that follows is the next one, wherever weeks begin.
    const isNear = isThis || (present.dayOfWeek === SUNDAY && ahead > 0);
    return present.add({ days: isNear ? ahead : ahead + DAYS_OF_A_WEEK }).toString();
  }
  const weekday = namedWeekday(words, language);
  if (weekday) {
    const present = Temporal.PlainDate.from(today);
    const ahead = (weekday - present.dayOfWeek + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK;
    return present.add({ days: near === "past" && ahead > 0 ? ahead - DAYS_OF_A_WEEK : ahead }).toString();
  }
  const [, name = "", rest = ""] = WITH_WEEKDAY.exec(words) ?? [];
  const ofWeekday = namedWeekday(name, language);
  const written = ofWeekday ? typedDay(rest, typing) : null;
  if (written) {
    return Temporal.PlainDate.from(written).dayOfWeek === ofWeekday ? written : null;
  }
  const date = writtenDate(words, language);
  return date && dated(date, today, near);
}

interface WrittenDate {
  readonly month: number;
  readonly day: number;
  readonly year: number | undefined;
}

/** A day of a month as it is written, whether or not the month has it. */
function writtenDate(words: string, language: string): WrittenDate | null {
  const whole = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(words);
  if (whole) {
    return { year: Number(whole[1]), month: Number(whole[2]), day: Number(whole[3]) };
  }
  const numbers = (words.match(/\d+/g) ?? []).map(Number);
  const month = namedMonth(words, language);
  if (month) {
    const [day, year] = numbers;
    return day === undefined ? null : { month, day, year };
  }
  const separator = NUMBERS.exec(words)?.[1];
  if (separator === undefined) {
    return null;
  }
  const [one = 0, other = 0, year] = numbers;
  // What cannot be a month is the day, whatever the order is here; with dots the day is first everywhere.
  const dayFirst = one > 12 || (other <= 12 && (separator === "." || isDayFirst(language)));
  return dayFirst ? { month: other, day: one, year } : { month: one, day: other, year };
}

/** Whether a text is written as a day that its month does not have, such as `2/30`, or that no month has. */
export function isNoSuchDay(text: string, typing: Typing): boolean {
  const words = text.trim().toLowerCase();
  const date = writtenDate(words, typing.language);
  // Until it is whole it may still become one: `12/0`.
  return date !== null && date.month > 0 && date.day > 0 && dated(date, typing.today, "nearest") === null;
}

/** A day as somebody types it at the chosen site: today is the day of the site, whatever day it is at the browser. */
export function typedHere(text: string, near: Near = "next"): Day | null {
  return typedDay(text, { ...typingHere(), near });
}

/** Whether a text names a day that does not exist, as days are typed at the chosen site. */
export function isNoSuchDayHere(text: string): boolean {
  return isNoSuchDay(text, typingHere());
}

function typingHere(): Typing {
  const { locale, firstDayOfWeek } = conventionsHere();
  return { today: today(zoneHere()), language: locale, firstDayOfWeek };
}

/** How a day may be typed at the chosen site: `12/31`, `Dec 31`, `tomorrow`. */
export function typedExamples(): readonly [numbers: string, words: string, relative: string] {
  const { locale } = conventionsHere();
  const written = (month: "numeric" | "short") =>
    new Intl.DateTimeFormat(locale, { month, day: "numeric", timeZone: "UTC" }).format(LAST_OF_A_YEAR);
  return [written("numeric"), written("short"), "tomorrow"];
}

function dated({ month, day, year: typed }: WrittenDate, today: Day, near: Near): Day | null {
  const present = Temporal.PlainDate.from(today);
  if (typed !== undefined) {
    const inCentury = present.year - (present.year % CENTURY) + typed;
    const isAhead = near === "past" && (onlyIfReal(inCentury, month, day) ?? "") > today;
    return onlyIfReal(typed >= CENTURY ? typed : isAhead ? inCentury - CENTURY : inCentury, month, day);
  }
  // 29 February may be years away.
  const around = Array.from({ length: 2 * YEARS_AROUND + 1 }, (_, index) => present.year - YEARS_AROUND + index);
  const days = around.flatMap((year) => onlyIfReal(year, month, day) ?? []);
  switch (near) {
    case "next":
      return days.find((each) => each >= today) ?? null;
    case "recent":
      return days.find((each) => each >= present.subtract({ days: RECENT_DAYS }).toString()) ?? null;
    case "past":
      return days.findLast((each) => each <= today) ?? null;
    default:
      return days.sort((one, other) => away(one, present) - away(other, present))[0] ?? null;
  }
}

function away(day: Day, from: Temporal.PlainDate): number {
  return Math.abs(from.until(day, { largestUnit: "day" }).days);
}

function onlyIfReal(year: number, month: number, day: number): Day | null {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" }).toString();
  } catch {
    return null;
  }
}

function isDayFirst(language: string): boolean {
  const parts = new Intl.DateTimeFormat(language, { day: "numeric", month: "numeric" }).formatToParts(new Date(0));
  return parts.find(({ type }) => type === "day" || type === "month")?.type === "day";
}

const LEAST_OF_A_NAME = 3;
const A_MONDAY = Date.UTC(2024, 0, 1, 12);

/** The one that is written, the browser's, that of the country of the site, and English. */
function languagesOf(language: string): ReadonlySet<string> {
  const { region } = new Intl.Locale(language);
  return new Set([
    language,
    BROWSERS_LANGUAGE,
    ...(region ? [new Intl.Locale(`und-${region}`).maximize().language] : []),
    "en",
  ]);
}

/** How many days from today, where the text states that, such as `tomorrow`, `morgen` or `in 3 days`. */
function namedDay(words: string, language: string): number | null {
  const [, plus, count = plus, unit = "day"] = AHEAD.exec(words) ?? [];
  if (count !== undefined) {
    return Number(count) * (unit.startsWith("w") ? DAYS_OF_A_WEEK : 1);
  }
  for (const known of languagesOf(language)) {
    const names = new Intl.RelativeTimeFormat(known, { numeric: "auto" });
    const found = NAMED_DAYS.find((away) => names.format(away, "day").toLowerCase() === words);
    if (found !== undefined) {
      return found;
    }
  }
  return SHORT[words] ?? null;
}

/** 1 for Monday to 7, where the text is nothing but the name of a weekday or its beginning. */
function namedWeekday(words: string, language: string): number | null {
  const typed = words.replace(/\.$/, "");
  if (!/^\p{L}+$/u.test(typed)) {
    return null;
  }
  for (const known of languagesOf(language)) {
    const names = (["long", "short"] as const).map(
      (weekday) => new Intl.DateTimeFormat(known, { weekday, timeZone: "UTC" }),
    );
    for (let day = 0; day < DAYS_OF_A_WEEK; day += 1) {
      const written = names.map((name) =>
        name
          .format(A_MONDAY + day * DAY_MS)
          .toLowerCase()
          .replace(/\.$/, ""),
      );
      const isBegun = typed.length >= LEAST_OF_A_NAME && written.some((name) => name.startsWith(typed));
      if (isBegun || written.includes(typed)) {
        return day + 1;
      }
    }
  }
  return null;
}

function namedMonth(words: string, language: string): number | null {
  const typed = words.match(/\p{L}+/gu)?.filter((word) => word.length >= LEAST_OF_A_NAME) ?? [];
  for (const known of languagesOf(language)) {
    const names = new Intl.DateTimeFormat(known, { month: "long", timeZone: "UTC" });
    for (let month = 1; month <= 12; month += 1) {
      const name = names.format(new Date(Date.UTC(2026, month - 1, 15))).toLowerCase();
      if (typed.some((word) => name.startsWith(word) || (word === "sept" && month === 9))) {
        return month;
      }
    }
  }
  return null;
}
