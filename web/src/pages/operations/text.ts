import { durationInWords } from "@/time";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** `12 s`, `3 min`, `2 h 5 min`, `4 days`. */
export function lastingInWords(seconds: number): string {
  if (seconds < MINUTE) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 2 * DAY ? durationInWords(Math.floor(seconds / MINUTE)) : `${Math.floor(seconds / DAY)} days`;
}
