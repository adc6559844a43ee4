// A duration as somebody types it.
const MINUTES_OF_AN_HOUR = 60;
const MINUTES = /^(\d+)\s*(?:m|mins?|minutes?)?\.?$/i;
const CLOCK = /^(\d+):([0-5]\d)$/;
const HOURS = /^(\d+(?:[.,]\d+)?)\s*h(?:rs?|ours?)?\.?$/i;
const HOURS_AND_MINUTES = /^(\d+)\s*h(?:rs?|ours?)?\.?\s*([0-5]?\d)\s*(?:m|mins?|minutes?)?\.?$/i;

/** Whole minutes, of `90`, `90 min`, `1:30`, `1h30`, `1 h 30 min` or `1.5 h`; null for what is none, such as `1.5` of no unit. */
export function typedMinutes(text: string): number | null {
  const words = text.trim();
  const [, minutes] = MINUTES.exec(words) ?? [];
  if (minutes !== undefined) {
    return Number(minutes);
  }
  const [, hour, rest] = CLOCK.exec(words) ?? HOURS_AND_MINUTES.exec(words) ?? [];
  if (hour !== undefined) {
    return Number(hour) * MINUTES_OF_AN_HOUR + Number(rest);
  }
  const [, hours] = HOURS.exec(words) ?? [];
  const found = hours === undefined ? Number.NaN : Number(hours.replace(",", ".")) * MINUTES_OF_AN_HOUR;
  // Such as 66.00000000000001 of `1.1 h`.
  const whole = Math.round(found);
  return Math.abs(found - whole) < 1e-6 ? whole : null;
}
