// A service's rates on a line of time: which is in force, and where each step of the picture lies.
import type { Rate } from "@/api";
import { cents } from "@/money";
import { addDays, type Day } from "@/time";

/** What is shown before the first step and after the last, so that nothing begins or ends at the edge. */
const BEFORE_DAYS = 120;
const AFTER_DAYS = 120;
/** Steps of one cent would otherwise fill the whole height. */
const LEAST_SPREAD = 0.2;

export type Standing = "past" | "present" | "scheduled";

export function standing({ effective_from, effective_to }: Rate, today: Day): Standing {
  if (effective_from > today) {
    return "scheduled";
  }
  return effective_to !== null && effective_to < today ? "past" : "present";
}

/** The first day on which a further rate may begin: today or later, and after every rate that is there. */
export function firstFreeDay(rates: readonly Rate[], today: Day): Day {
  const last = rates.at(-1);
  return last && last.effective_from >= today ? addDays(last.effective_from, 1) : today;
}

/** Until when a rate that begins on a day can still be taken back. */
export function finality(since: Day, today: Day): string {
  return since === today
    ? "This rate begins today: it cannot be changed or withdrawn once it is saved, and another rate can begin tomorrow at the earliest. Check the amount."
    : "A scheduled rate can be withdrawn until its first day.";
}

/** The first day of the next month that is free: when prices usually change. */
export function usualDay(rates: readonly Rate[], today: Day): Day {
  const free = firstFreeDay(rates, today);
  const [year = 0, month = 0] = free.split("-").map(Number);
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
}

export interface Step {
  readonly amount: string;
  readonly from: Day;
  readonly standing: Standing | "considered";
}

export interface Drawn extends Step {
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
}

export interface Picture {
  readonly steps: readonly Drawn[];
  readonly today: number;
  readonly years: readonly { readonly year: number; readonly x: number }[];
}

/** Lay out the steps between 0 and 1, in both directions; y grows upwards. */
export function draw(steps: readonly Step[], today: Day): Picture {
  const begun = steps.filter(({ from }) => from <= today);
  const earliest = steps[0]?.from ?? today;
  // Of a long past the last change is of interest, and the one before it.
  const start = later(earliest, addDays(begun.at(-1)?.from ?? today, -2 * BEFORE_DAYS));
  const end = addDays(later(today, steps.at(-1)?.from ?? today), AFTER_DAYS);
  const span = dayNumber(end) - dayNumber(start);
  const x = (day: Day) => Math.min(1, Math.max(0, (dayNumber(day) - dayNumber(start)) / span));

  const amounts = steps.map(({ amount }) => Number(cents(amount)));
  const [low, high] = [Math.min(...amounts), Math.max(...amounts)];
  const spread = Math.max(high - low, high * LEAST_SPREAD, 1);
  const middle = (low + high) / 2;
  const y = (amount: string) => 0.5 + (Number(cents(amount)) - middle) / spread / 1.25;

  return {
    steps: steps
      .map((step, index) => ({ ...step, x1: x(step.from), x2: x(steps[index + 1]?.from ?? end), y: y(step.amount) }))
      .filter(({ x1, x2 }) => x2 > x1),
    today: x(today),
    years: years(start, end).map((year) => ({ year, x: x(`${year}-01-01`) })),
  };
}

function years(start: Day, end: Day): number[] {
  const [first, last] = [Number(start.slice(0, 4)) + 1, Number(end.slice(0, 4))];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function later(one: Day, other: Day): Day {
  return one > other ? one : other;
}

function dayNumber(day: Day): number {
  return Date.parse(day) / 86_400_000;
}
