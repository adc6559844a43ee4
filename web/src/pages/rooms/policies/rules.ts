// The rules of a policy: what each is called, and how it reads.
import type { Readable } from "openapi-typescript-helpers";
import type { components } from "@/api/scheduling";
import { durationInWords } from "@/time";

export type Policy = components["schemas"]["PolicyView"];
export type Rules = components["schemas"]["Rules"];
export type Journey = Readable<components["schemas"]["Journey"]>;
export type RuleName = keyof Rules & keyof Policy;

export interface Field {
  readonly name: RuleName;
  readonly label: string;
  readonly about: string;
  readonly unit: "minutes" | "days" | "sessions";
  readonly most: number;
  /** What counts without a rule. */
  readonly usual: string;
}

const A_MONTH = 30 * 24 * 60;
const FOUR_HOURS = 240;

export const FIELDS: readonly Field[] = [
  {
    name: "book_ahead_days",
    label: "Booking window",
    about: "How long before its start a session can be booked at the earliest.",
    unit: "days",
    most: 730,
    usual: "two years ahead",
  },
  {
    name: "notice_minutes",
    label: "Notice",
    about: "How long before its start a session must be booked at the latest.",
    unit: "minutes",
    most: A_MONTH,
    usual: "none",
  },
  {
    name: "buffer_before_minutes",
    label: "Buffer before a session",
    about: "Free time of the therapist before each session.",
    unit: "minutes",
    most: FOUR_HOURS,
    usual: "none",
  },
  {
    name: "buffer_after_minutes",
    label: "Buffer after a session",
    about: "Free time of the therapist after each session.",
    unit: "minutes",
    most: FOUR_HOURS,
    usual: "none",
  },
  {
    name: "therapist_sessions_a_day",
    label: "Sessions a day of a therapist",
    about: "On the site's calendar.",
    unit: "sessions",
    most: 100,
    usual: "no maximum",
  },
  {
    name: "client_sessions_a_day",
    label: "Sessions a day of a client",
    about: "On the site's calendar.",
    unit: "sessions",
    most: 100,
    usual: "no maximum",
  },
  {
    name: "cancellation_window_minutes",
    label: "Cancellation window",
    about: "A cancellation this close to the start is late.",
    unit: "minutes",
    most: A_MONTH,
    usual: "24 h",
  },
];

export function valueInWords({ unit, usual }: Field, value: number | null): string {
  if (value === null) {
    return usual;
  }
  return unit === "minutes" ? durationInWords(value) : `${value} ${value === 1 ? unit.slice(0, -1) : unit}`;
}
