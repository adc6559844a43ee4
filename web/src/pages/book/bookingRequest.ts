// What somebody wants to book, as the form has it, and the body of the request to scheduling.
import type { NewSession } from "@/api";
import { type Modality, readModality } from "@/features/sessions/modality";
import { type Day, type Instant, isDay, readings, typedTime } from "@/time";
import { wholeNumber } from "@/ui/wholeNumber";
import type { Choices } from "./choices";

export interface BookingRequest {
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
  /** Null where nobody chose: billed where the client has one. */
  readonly insurance: boolean | null;
  readonly modality: Modality;
  readonly notes: string;
  readonly backdated: boolean;
  readonly override: string;
  readonly repeats: Repeats | null;
  /** What is to become of the dates of a series that are not available. */
  readonly choices: Choices;
  /** The series that could not be booked on its date; this session takes that place without belonging to the series. */
  readonly besideSeries: string | null;
  /** When that date of the series begins by its rule. */
  readonly inPlaceOf: Instant | null;
}

export interface Repeats {
  readonly every: "week" | "fortnight" | "month";
  readonly times: number;
  readonly mode: "all_or_nothing" | "best_effort";
}

export const REPEATS_AT_LEAST = 2;
export const REPEATS_AT_MOST = 52;

/** A field whose text cannot be read: the booking has what was there before, or nothing. */
export type Unread = "day" | "seats" | "sessions";

const IN_WORDS: Readonly<Record<Unread, string>> = {
  day: "a day",
  seats: "a number of seats",
  sessions: "a number of sessions",
};

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

/** How many dates that are not available are booked at another time, left out, or have a chosen time that is not offered any more. */
export interface Resolved {
  readonly placed: number;
  readonly left: number;
  readonly gone: number;
}

/** What the button of a series does, and why it would be refused as it stands. */
export function seriesInWords(
  { times, mode }: Repeats,
  foreseen: Foreseen | null,
  { placed, left, gone }: Resolved,
): { button: string; refusal: string | null } {
  const whole = `Book ${times} sessions`;
  if (!foreseen || foreseen.with_problems === 0) {
    return { button: whole, refusal: null };
  }
  const { bookable, with_problems } = foreseen;
  if (gone > 0) {
    return { button: whole, refusal: "Choose again: a chosen time is not offered any more" };
  }
  if (bookable + placed === 0) {
    return { button: whole, refusal: "Would be refused: no date is available" };
  }
  const open = with_problems - placed - left;
  if (mode === "all_or_nothing" && open > 0) {
    const [lacking, each] = open === 1 ? ["1 date is", "it"] : [`${open} dates are`, "each"];
    const refusal = `Would be refused: ${lacking} not available. Choose another time for ${each} or leave it out`;
    return { button: whole, refusal };
  }
  return placed === with_problems
    ? { button: whole, refusal: null }
    : { button: `Book ${bookable + placed} of ${bookable + with_problems} sessions`, refusal: null };
}

export function startOf(wanted: BookingRequest, zone: string): Instant | null {
  const [first, second] = readings(wanted.day, wanted.time, zone);
  return (wanted.second && second) || first || null;
}

/** What is posted, once everything that is needed is there and can be read. */
export function bodyOf(
  wanted: BookingRequest,
  siteId: string,
  zone: string,
  unread: readonly Unread[] = [],
): NewSession | null {
  const starts_at = startOf(wanted, zone);
  const { clientId, therapistId, serviceId } = wanted;
  if (!clientId || !therapistId || !serviceId || !starts_at || unread.length > 0) {
    return null;
  }
  const needs = wanted.capacity !== null || wanted.equipment.length > 0;
  return {
    client_id: clientId,
    therapist_id: therapistId,
    service_id: serviceId,
    site_id: siteId,
    starts_at,
    ...(wanted.others.length ? { other_client_ids: [...wanted.others] } : {}),
    insurance_applicable: wanted.insurance ?? false,
    modality: wanted.modality,
    ...(wanted.roomId ? { room_id: wanted.roomId } : {}),
    ...(!wanted.roomId && needs
      ? { room_requirements: { capacity: wanted.capacity, equipment: [...wanted.equipment] } }
      : {}),
    ...(wanted.notes.trim() ? { billing_notes: wanted.notes.trim() } : {}),
    ...(wanted.backdated ? { backdated: true } : {}),
    ...(wanted.override.trim() ? { override: { reason: wanted.override.trim() } } : {}),
  };
}

/** What is still missing, in the form's own words; a service for a couple or a family needs so many clients. */
export function missing(
  wanted: BookingRequest,
  zone: string,
  clientsAtLeast = 1,
  unread: readonly Unread[] = [],
): string[] {
  const lacking = clientsAtLeast - 1 - wanted.others.length;
  const among = (...fields: Unread[]) =>
    fields.filter((field) => unread.includes(field)).map((field) => IN_WORDS[field]);
  return [
    ...(wanted.clientId ? [] : ["a client"]),
    ...(lacking <= 0 ? [] : [lacking === 1 ? "another client" : `${lacking} other clients`]),
    ...(wanted.therapistId ? [] : ["a therapist"]),
    ...(wanted.serviceId ? [] : ["a service"]),
    ...among("day"),
    ...(startOf(wanted, zone) ? [] : ["a time"]),
    ...among("seats", "sessions"),
  ];
}

/** Who is billed: a service that is billed once for the session is billed to the first client. */
export function billedOf({ clientId, others }: BookingRequest, per: "client" | "session" = "client"): string[] {
  return clientId === null ? [] : per === "session" ? [clientId] : [clientId, ...others];
}

/** How many people the room must take: all of a group and the therapist, or more where that is requested. */
export function placesOf({ others, capacity }: BookingRequest): number | null {
  return others.length ? Math.max(capacity ?? 1, others.length + 2) : capacity;
}

/** Whom a booking is for and with; a booking that names any of them is one of its own. */
const WHO = ["client", "with", "therapist", "service"] as const;
const WHERE = ["day", "time", "second", "room", "places", "equipment"] as const;
const HOW = ["insurance", "format", "backdated", "every", "times", "mode", "beside", "instead"] as const;
/** Of what a booking has in an address. */
export const NAMES = [...WHO, ...WHERE, ...HOW];

/**
 * The booking that an address holds, the notes and the choices aside: notes name reasons, and addresses are kept by browsers
 * and servers; choices are too long for one.
 */
export function readRequest(query: URLSearchParams, today: Day): BookingRequest {
  const day = query.get("day");
  const insurance = query.get("insurance");
  const every = query.get("every");
  return {
    clientId: query.get("client"),
    others: query.getAll("with"),
    therapistId: query.get("therapist"),
    serviceId: query.get("service"),
    day: isDay(day) ? day : today,
    time: timeIn(query) ?? "",
    second: query.has("second"),
    roomId: query.get("room"),
    capacity: wholeNumber(query.get("places") ?? ""),
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
            times: wholeNumber(query.get("times") ?? "") ?? REPEATS_AT_LEAST,
            mode: query.get("mode") === "all_or_nothing" ? "all_or_nothing" : "best_effort",
          }
        : null,
    choices: {},
    besideSeries: query.get("beside"),
    inPlaceOf: query.get("instead"),
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
export function writeRequest(query: URLSearchParams, wanted: BookingRequest, today: Day): URLSearchParams {
  const next = new URLSearchParams(query);
  const values: Readonly<Record<(typeof NAMES)[number], readonly (string | null | false)[]>> = {
    client: [wanted.clientId],
    with: wanted.others,
    therapist: [wanted.therapistId],
    service: [wanted.serviceId],
    day: [wanted.day !== today && wanted.day],
    time: [wanted.time],
    second: [wanted.second && "yes"],
    room: [wanted.roomId],
    places: [wanted.capacity !== null && String(wanted.capacity)],
    equipment: wanted.equipment,
    insurance: [wanted.insurance !== null && (wanted.insurance ? "yes" : "no")],
    format: [wanted.modality !== "in_person" && wanted.modality],
    backdated: [wanted.backdated && "yes"],
    every: [wanted.repeats?.every ?? null],
    times: [wanted.repeats !== null && String(wanted.repeats.times)],
    mode: [wanted.repeats?.mode ?? null],
    beside: [wanted.besideSeries],
    instead: [wanted.inPlaceOf],
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

/** What of a booking does not stand in addresses. */
export type Unaddressed = Pick<BookingRequest, "notes" | "override" | "choices">;

export function unaddressedOf({ notes, override, choices }: Unaddressed): Unaddressed {
  return { notes, override, choices };
}

/** A booking that was begun and left: its address, and what does not stand in addresses. */
export interface Draft extends Unaddressed {
  readonly query: string;
}

/**
 * What the page begins with. An address without a person or a service continues what was left, at the day, time and room
 * that it names; one that names somebody is another booking, and has the notes and choices only where it is the very one that was left.
 */
export function beginRequest(query: URLSearchParams, left: Draft | null, today: Day): BookingRequest {
  if (!left) {
    return readRequest(query, today);
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
    return { ...readRequest(before, today), ...unaddressedOf(left) };
  }
  const wanted = readRequest(query, today);
  const same = WHO.every((name) => query.getAll(name).join() === before.getAll(name).join());
  return same ? { ...wanted, ...unaddressedOf(left) } : wanted;
}

/** Whether two bookings are alike in all that stands in an address. */
export function sameAddress(one: BookingRequest, other: BookingRequest, today: Day): boolean {
  const none = new URLSearchParams();
  return writeRequest(none, one, today).toString() === writeRequest(none, other, today).toString();
}

/** Whether there is something to lose. */
export function isBegun({ clientId, others, therapistId, serviceId, notes, override }: BookingRequest): boolean {
  return Boolean(clientId || others.length || therapistId || serviceId || notes || override);
}
