// What somebody wants to book, as the form knows it, and what is asked of scheduling for it.
import type { NewSession } from "@/api";
import { type Modality, readModality } from "@/sessions/modality";
import { type Day, type Instant, isDay, readings, typedTime } from "@/time";

export interface Wish {
  readonly clientId: string | null;
  /** Who comes besides, to a session of a couple, a family or a group. */
  readonly others: readonly string[];
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
  readonly modality: Modality;
  readonly notes: string;
  readonly backdated: boolean;
  readonly override: string;
  readonly repeats: Repeats | null;
  /** The series that could not be booked on its date; this session takes that place without belonging to the series. */
  readonly besideSeries: string | null;
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

/** What is known of a series before it is booked. */
export interface Foreseen {
  readonly bookable: number;
  readonly with_problems: number;
}

/** What the button of a series does, and why it would be refused as it stands. */
export function seriesInWords(
  { times, mode }: Repeats,
  foreseen: Foreseen | null,
): { button: string; refusal: string | null } {
  const whole = `Book ${times} sessions`;
  if (!foreseen || foreseen.with_problems === 0) {
    return { button: whole, refusal: null };
  }
  const { bookable, with_problems } = foreseen;
  const lacking = with_problems === 1 ? "1 date is not available" : `${with_problems} dates are not available`;
  if (bookable === 0) {
    return { button: whole, refusal: "Would be refused: no date is available" };
  }
  return mode === "all_or_nothing"
    ? { button: whole, refusal: `Would be refused: ${lacking}` }
    : { button: `Book ${bookable} of ${bookable + with_problems} sessions`, refusal: null };
}

/** The days of a series that have one rate. */
export interface AtOneRate {
  readonly first: Day;
  readonly last: Day;
}

/** The days in the order of time, parted where another rate begins. */
export function partedByRate(
  days: readonly Day[],
  rates: readonly { readonly effective_from: Day; readonly effective_to: Day | null }[],
): AtOneRate[] {
  const rateOn = (day: Day) =>
    rates.findIndex(
      ({ effective_from, effective_to }) => effective_from <= day && (effective_to === null || day <= effective_to),
    );
  const parts: AtOneRate[] = [];
  for (const day of [...days].sort()) {
    const before = parts.at(-1);
    if (before && rateOn(before.first) === rateOn(day)) {
      parts[parts.length - 1] = { first: before.first, last: day };
    } else {
      parts.push({ first: day, last: day });
    }
  }
  return parts;
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
    ...(wish.others.length ? { other_client_ids: [...wish.others] } : {}),
    insurance_applicable: wish.insurance ?? false,
    modality: wish.modality,
    ...(wish.roomId ? { room_id: wish.roomId } : {}),
    ...(!wish.roomId && needs
      ? { room_requirements: { capacity: wish.capacity, equipment: [...wish.equipment] } }
      : {}),
    ...(wish.notes.trim() ? { billing_notes: wish.notes.trim() } : {}),
    ...(wish.backdated ? { backdated: true } : {}),
    ...(wish.override.trim() ? { override: { reason: wish.override.trim() } } : {}),
  };
}

/** What is still missing, in the form's own words; a service for a couple or a family needs so many clients. */
export function missing(wish: Wish, zone: string, clientsAtLeast = 1): string[] {
  const lacking = clientsAtLeast - 1 - wish.others.length;
  return [
    ...(wish.clientId ? [] : ["a client"]),
    ...(lacking <= 0 ? [] : [lacking === 1 ? "another client" : `${lacking} other clients`]),
    ...(wish.therapistId ? [] : ["a therapist"]),
    ...(wish.serviceId ? [] : ["a service"]),
    ...(startOf(wish, zone) ? [] : ["a time"]),
  ];
}

/** How many people the room must take: all of a group and the therapist, or more where that is asked for. */
export function placesOf({ others, capacity }: Wish): number | null {
  return others.length ? Math.max(capacity ?? 1, others.length + 2) : capacity;
}

/** Whom a booking is for and with; a booking that names any of them is one of its own. */
const WHO = ["client", "with", "therapist", "service"] as const;
const WHERE = ["day", "time", "second", "room", "places", "equipment"] as const;
const HOW = ["insurance", "format", "backdated", "every", "times", "mode", "beside"] as const;
/** Of what a booking has in an address. */
export const NAMES = [...WHO, ...WHERE, ...HOW];

/** The booking that an address holds, the notes aside: they name reasons, and addresses are kept by browsers and servers. */
export function readWish(query: URLSearchParams, today: Day): Wish {
  const day = query.get("day");
  const insurance = query.get("insurance");
  const every = query.get("every");
  const times = Number(query.get("times"));
  return {
    clientId: query.get("client"),
    others: query.getAll("with"),
    therapistId: query.get("therapist"),
    serviceId: query.get("service"),
    day: isDay(day) ? day : today,
    time: timeIn(query) ?? "",
    second: query.has("second"),
    roomId: query.get("room"),
    capacity: Number(query.get("places")) || null,
    equipment: query.getAll("equipment"),
    insurance: insurance === null ? null : insurance === "yes",
    modality: readModality(query.get("format")),
    notes: "",
    backdated: query.has("backdated"),
    override: "",
    repeats:
      every !== null && every in RULES
        ? {
            every: every as Repeats["every"],
            times: Math.min(REPEATS_AT_MOST, Math.max(2, times || 2)),
            mode: query.get("mode") === "all_or_nothing" ? "all_or_nothing" : "best_effort",
          }
        : null,
    besideSeries: query.get("beside"),
  };
}

/** The time of day that an address names, as `HH:mm`. */
function timeIn(query: URLSearchParams): string | null {
  return typedTime(query.get("time") ?? "", { twelveHours: false });
}

/** What an address names as its time although it is no time of day. */
export function noTimeIn(query: URLSearchParams): string | null {
  return timeIn(query) === null ? query.get("time") : null;
}

/** The address with a booking in it; what is as usual is left out, and what is of others in the address stays. */
export function writeWish(query: URLSearchParams, wish: Wish, today: Day): URLSearchParams {
  const next = new URLSearchParams(query);
  const values: Readonly<Record<(typeof NAMES)[number], readonly (string | null | false)[]>> = {
    client: [wish.clientId],
    with: wish.others,
    therapist: [wish.therapistId],
    service: [wish.serviceId],
    day: [wish.day !== today && wish.day],
    time: [wish.time],
    second: [wish.second && "yes"],
    room: [wish.roomId],
    places: [wish.capacity !== null && String(wish.capacity)],
    equipment: wish.equipment,
    insurance: [wish.insurance !== null && (wish.insurance ? "yes" : "no")],
    format: [wish.modality !== "in_person" && wish.modality],
    backdated: [wish.backdated && "yes"],
    every: [wish.repeats?.every ?? null],
    times: [wish.repeats !== null && String(wish.repeats.times)],
    mode: [wish.repeats?.mode ?? null],
    beside: [wish.besideSeries],
  };
  for (const name of NAMES) {
    next.delete(name);
    for (const value of values[name]) {
      if (value) {
        next.append(name, value);
      }
    }
  }
  return next;
}

/** A booking that was begun and left: its address, and what does not stand in addresses. */
export interface Draft {
  readonly query: string;
  readonly notes: string;
  readonly override: string;
}

/**
 * What the page begins with. An address without a person or a service continues what was left, at the day, time and room
 * that it names; one that names somebody is another booking, and has the notes only where it is the very one that was left.
 */
export function beginWish(query: URLSearchParams, left: Draft | null, today: Day): Wish {
  if (!left) {
    return readWish(query, today);
  }
  const before = new URLSearchParams(left.query);
  const isAnother = WHO.some((name) => query.has(name));
  if (!isAnother) {
    for (const name of [...WHERE, ...HOW]) {
      if (query.has(name)) {
        before.delete(name);
        for (const value of query.getAll(name)) {
          before.append(name, value);
        }
      }
    }
    return { ...readWish(before, today), notes: left.notes, override: left.override };
  }
  const wish = readWish(query, today);
  const same = WHO.every((name) => query.getAll(name).join() === before.getAll(name).join());
  return same ? { ...wish, notes: left.notes, override: left.override } : wish;
}

/** Whether two bookings are alike in all that stands in an address. */
export function sameAddress(one: Wish, other: Wish, today: Day): boolean {
  const none = new URLSearchParams();
  return writeWish(none, one, today).toString() === writeWish(none, other, today).toString();
}

/** Whether there is something to lose. */
export function isBegun({ clientId, others, therapistId, serviceId, notes, override }: Wish): boolean {
  return Boolean(clientId || others.length || therapistId || serviceId || notes || override);
}
