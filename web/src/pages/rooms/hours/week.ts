// Opening hours as people write them: spans of a weekday on the site's wall clock.
import { clockInWords } from "@/time";
import { WEEKDAYS } from "../weekdays";

export type Span = [from: string, to: string];
export type Week = Readonly<Record<string, Span[]>>;

const USUAL: Span = ["08:00", "18:00"];
const MIDNIGHT = "00:00";
const END_OF_DAY = "24:00";
const TIME = /^\d\d:\d\d$/;

/** Whether a field for a time has none. */
export function isMissing(time: string): boolean {
  return !TIME.test(time);
}

/** Spans as they were answered. */
export function asSpans(answered: readonly (readonly string[])[] = []): Span[] {
  return answered.map(([from = "", to = ""]) => [from, to]);
}

/** What a field for a time shows: the end of the day is its midnight. */
export function shown(time: string): string {
  return time === END_OF_DAY ? MIDNIGHT : time;
}

/** What an end that was typed means: midnight ends the day, it does not begin it. */
export function typedEnd(time: string): string {
  return time === MIDNIGHT ? END_OF_DAY : time;
}

/** The span to begin with when one is added: after the last one, or the usual day. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1)?.[1];
  return last && last < "23:00" ? [later(last, 1), later(last, 2)] : USUAL;
}

function later(time: string, hours: number): string {
  const hour = Number(time.slice(0, 2)) + hours;
  return hour >= 24 ? END_OF_DAY : `${String(hour).padStart(2, "0")}${time.slice(2)}`;
}

/** What a field shows itself that has none, or none that can be read. */
export const MISSING = "Enter a time.";

/** What is wrong with the spans of one day, in words; undefined when nothing is. */
export function wrongWith(spans: readonly Span[]): string | undefined {
  if (spans.some((span) => span.some(isMissing))) {
    return MISSING;
  }
  if (spans.some(([from, to]) => from >= to)) {
    return "The end must be after the start.";
  }
  const sorted = [...spans].sort(([one], [other]) => one.localeCompare(other));
  return sorted.some(([from], index) => index > 0 && from < (sorted[index - 1]?.[1] ?? ""))
    ? "Two spans overlap. Merge them or change one."
    : undefined;
}

/** Spans in their order, and closed weekdays left out. */
export function tidied(week: Week): Record<string, Span[]> {
  return Object.fromEntries(
    WEEKDAYS.map(
      ([key]) => [key, [...(week[key] ?? [])].sort(([one], [other]) => one.localeCompare(other))] as const,
    ).filter(([, spans]) => spans.length > 0),
  );
}

export function spansInWords(spans: readonly (readonly string[])[]): string {
  return spans.length > 0
    ? spans.map(([from, to]) => `${clockInWords(from ?? "")}–${clockInWords(to ?? "")}`).join(", ")
    : "closed";
}
