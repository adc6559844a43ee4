// What somebody wants to book, as the form knows it, and what is asked of scheduling for it.
import type { NewSession } from "@/api";
import { type Day, type Instant, readings } from "@/time";

export interface Wish {
  readonly clientId: string | null;
  readonly therapistId: string | null;
  readonly serviceId: string | null;
  readonly day: Day;
  /** `HH:mm` on the site's clock. */
  readonly time: string;
  /** Which of two, where the clock shows the time twice. */
  readonly second: boolean;
  /** Only this room; otherwise any that has the places and the equipment. */
  readonly roomId: string | null;
  readonly capacity: number | null;
  readonly equipment: readonly string[];
  /** Null: billed where the client has one. */
  readonly insurance: boolean | null;
  readonly notes: string;
  readonly backdated: boolean;
  readonly override: string;
  readonly repeats: Repeats | null;
}

export interface Repeats {
  readonly every: "week" | "fortnight" | "month";
  readonly times: number;
  readonly mode: "all_or_nothing" | "best_effort";
}

export const REPEATS_AT_MOST = 52;

const RULES = { week: "FREQ=WEEKLY", fortnight: "FREQ=WEEKLY;INTERVAL=2", month: "FREQ=MONTHLY" } as const;

/** The recurrence in the words of RFC 5545. */
export function ruleOf({ every, times }: Repeats): string {
  return `${RULES[every]};COUNT=${times}`;
}

export function startOf(wish: Wish, zone: string): Instant | null {
  const [first, second] = readings(wish.day, wish.time, zone);
  return (wish.second && second) || first || null;
}

/** What is posted, once everything that is needed is there. */
export function bodyOf(wish: Wish, siteId: string, zone: string): NewSession | null {
  const starts_at = startOf(wish, zone);
  const { clientId, therapistId, serviceId } = wish;
  if (!clientId || !therapistId || !serviceId || !starts_at) {
    return null;
  }
  const needs = wish.capacity !== null || wish.equipment.length > 0;
  return {
    client_id: clientId,
    therapist_id: therapistId,
    service_id: serviceId,
    site_id: siteId,
    starts_at,
    insurance_applicable: wish.insurance ?? false,
    ...(wish.roomId ? { room_id: wish.roomId } : {}),
    ...(!wish.roomId && needs
      ? { room_requirements: { capacity: wish.capacity, equipment: [...wish.equipment] } }
      : {}),
    ...(wish.notes.trim() ? { billing_notes: wish.notes.trim() } : {}),
    ...(wish.backdated ? { backdated: true } : {}),
    ...(wish.override.trim() ? { override: { reason: wish.override.trim() } } : {}),
  };
}

/** What is still missing, in the form's own words. */
export function missing(wish: Wish, zone: string): string[] {
  return [
    ...(wish.clientId ? [] : ["a client"]),
    ...(wish.therapistId ? [] : ["a therapist"]),
    ...(wish.serviceId ? [] : ["a service"]),
    ...(startOf(wish, zone) ? [] : ["a time"]),
  ];
}
