// How much of the open time was used, for looking at.
import type { Utilization } from "@/api";
import { durationInWords } from "@/time";

type UsedHour = Utilization["by_hour"][number];
type Minutes = Pick<UsedHour, "booked_minutes" | "held_minutes" | "open_minutes">;

const LEVELS = 5;

/** Booked and held minutes of the open ones; null where it was not open. */
export function shareOf({ booked_minutes, held_minutes, open_minutes }: Minutes): number | null {
  return open_minutes > 0 ? (booked_minutes + held_minutes) / open_minutes : null;
}

/** How dark a share is shown: 0 is none, 5 is full. */
export function levelOf(share: number | null): number {
  return share === null ? 0 : Math.min(LEVELS, Math.ceil(share * LEVELS));
}

/** The hours of the day that have anything to show, from the first to the last. */
export function hoursShown(hours: readonly Pick<UsedHour, "hour">[]): number[] {
  if (hours.length === 0) {
    return [];
  }
  const first = Math.min(...hours.map(({ hour }) => hour));
  const last = Math.max(...hours.map(({ hour }) => hour));
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export function usedInWords({ booked_minutes, held_minutes, open_minutes }: Minutes): string {
  return `${durationInWords(booked_minutes + held_minutes)} of ${durationInWords(open_minutes)}`;
}
