// A time of day as somebody types it.
import { type Conventions, conventionsHere } from "./locale";

/** Seconds are read where they are none, as a copied time has them. */
const TIME = /^(\d{1,2})(?:[:.h]?(\d{2})(?:(?<=[:.]\d{2})[:.]00)?)?\s*(?:([ap])\.?(?:m\.?)?|(uhr|h))?$/i;
const NAMED: Readonly<Record<string, string>> = { midnight: "00:00", noon: "12:00", midday: "12:00" };
const HOURS_OF_A_DAY = 24;
const MINUTES_OF_AN_HOUR = 60;
/** Where twelve hours are written, `2:30` without more is in the afternoon: nobody is treated at night. */
const AFTERNOON_UNTIL = 6;

/** `HH:mm`; null for what is no time of day. */
export function typedTime(
  text: string,
  { twelveHours }: Pick<Conventions, "twelveHours"> = conventionsHere(),
): string | null {
  const words = text.trim();
  const named = NAMED[words.toLowerCase()];
  if (named) {
    return named;
  }
  const found = TIME.exec(words);
  if (!found) {
    return null;
  }
  const [, typedHour = "", minute = "00", half, ofTwentyFour] = found;
  let hour = Number(typedHour);
  if (half) {
    if (hour < 1 || hour > 12) {
      return null;
    }
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  } else if (!ofTwentyFour && twelveHours && hour >= 1 && hour <= AFTERNOON_UNTIL && !typedHour.startsWith("0")) {
    hour += 12;
  }
  return hour < HOURS_OF_A_DAY && Number(minute) < MINUTES_OF_AN_HOUR
    ? `${String(hour).padStart(2, "0")}:${minute}`
    : null;
}

/** The time at the end of a text that names a day as well, such as `tue 3pm`; null where there is none. */
export function timeAfterDay(text: string): string | null {
  const words = text.trim().split(/\s+/);
  const ends = words.slice(1).map((_, index) => words.slice(index + 1).join(" "));
  return ends.find((end) => typedTime(end) !== null) ?? null;
}
