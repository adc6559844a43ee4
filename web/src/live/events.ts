// Which of the things on the screen an event makes stale: one line per event type.

/** A CloudEvent as the stream carries it. */
export interface LiveEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: string;
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Queries whose path begins so are stale, unless they name another of one of these than the event does. */
export interface Stale {
  readonly path: string;
  readonly unlessOther: readonly Fact[];
}

/** What an event may be about, as queries name it in their path or parameters. */
export type Fact = "session_id" | "site_id" | "therapist_id" | "client_id" | "room_id" | "service_id" | "record_id";

const of = (path: string, ...unlessOther: Fact[]): Stale => ({ path, unlessOther });

// Who is busy somewhere is busy everywhere: what is free is looked up again whatever the site.
const AT_SESSIONS = [
  of("/api/scheduling/series"),
  of("/api/scheduling/waitlist", "site_id"),
  of("/api/scheduling/day-sheet", "site_id"),
  of("/api/scheduling/first-available"),
  of("/api/rooms/calendar", "site_id"),
  of("/api/rooms/availability", "site_id"),
  of("/api/rooms/holds", "site_id"),
  of("/api/rooms/utilization", "site_id"),
  of("/api/rooms/replans", "site_id"),
  of("/api/scheduling/services", "service_id"),
] as const;
const SESSIONS = [
  of("/api/scheduling/sessions", "session_id", "site_id", "therapist_id", "client_id"),
  ...AT_SESSIONS,
] as const;
// The event names those who come from now on; whoever left is a client of the session no more.
const SESSIONS_CLIENTS = [
  of("/api/scheduling/sessions", "session_id", "site_id", "therapist_id"),
  ...AT_SESSIONS,
] as const;
const PLACES = [
  of("/api/rooms/", "site_id"),
  of("/api/scheduling/sessions", "site_id"),
  of("/api/scheduling/first-available", "site_id"),
] as const;
const ROOM = [
  of("/api/rooms/", "site_id", "room_id"),
  of("/api/scheduling/sessions", "site_id"),
  of("/api/scheduling/first-available", "site_id"),
] as const;
// Sessions carry the names of their people.
const THERAPIST = [
  of("/api/scheduling/therapists", "therapist_id"),
  of("/api/scheduling/sessions", "therapist_id"),
  of("/api/scheduling/first-available", "therapist_id"),
] as const;
const CLIENT = [
  of("/api/scheduling/clients", "client_id"),
  of("/api/scheduling/sessions", "client_id"),
  of("/api/scheduling/first-available", "client_id"),
] as const;
const PRICES = [
  of("/api/catalog/", "service_id"),
  of("/api/billing/preview", "service_id"),
  of("/api/billing/series/preview", "service_id"),
] as const;
// Payers, their fees, codes and the details of people on claims are not changed by a record.
const MONEY = [
  of("/api/billing/records", "record_id", "session_id", "client_id", "site_id"),
  of("/api/billing/sessions", "session_id"),
  of("/api/billing/claims", "record_id"),
  of("/api/billing/clients", "client_id"),
  of("/api/billing/coverages"),
  of("/api/billing/preview", "client_id"),
  of("/api/billing/series/preview"),
  of("/api/billing/credits", "client_id"),
  of("/api/billing/remittances"),
  of("/api/billing/reports", "site_id"),
  of("/api/billing/changes"),
] as const;

export const STALE_AFTER: Readonly<Record<string, readonly Stale[]>> = {
  "scheduling.session_requested.v1": SESSIONS,
  "scheduling.session_offered.v1": SESSIONS,
  "scheduling.session_booked.v1": SESSIONS,
  "scheduling.session_rescheduled.v1": SESSIONS,
  "scheduling.reschedule_refused.v1": SESSIONS,
  "scheduling.session_rejected.v1": SESSIONS,
  "scheduling.session_cancelled.v1": SESSIONS,
  "scheduling.session_no_show.v1": SESSIONS,
  "scheduling.session_completed.v1": SESSIONS,
  "scheduling.session_restored.v1": SESSIONS,
  "scheduling.undo_refused.v1": SESSIONS,
  "scheduling.session_clients_changed.v1": SESSIONS_CLIENTS,
  "scheduling.cancellation_policy_stated.v2": [of("/api/billing/preview")],
  "scheduling.therapist_changed.v1": THERAPIST,
  "scheduling.client_changed.v1": CLIENT,
  "rooms.room_changed.v1": ROOM,
  "rooms.room_blocked.v1": ROOM,
  "rooms.room_unblocked.v1": ROOM,
  "rooms.site_changed.v1": PLACES,
  "catalog.service_changed.v1": PRICES,
  "billing.record_created.v1": MONEY,
  "billing.payment_status_changed.v1": MONEY,
};

/** Where an event's own id stands for one of the facts. */
const SUBJECTS: Readonly<Record<string, Fact>> = {
  "rooms.room_changed.v1": "room_id",
  "rooms.site_changed.v1": "site_id",
  "catalog.service_changed.v1": "service_id",
};

/** The ids that the event names for a fact; none where it names none. */
export function idsOf({ type, subject, data }: LiveEvent, fact: Fact): readonly string[] {
  if (SUBJECTS[type] === fact) {
    return subject ? [subject] : [];
  }
  const several = fact === "client_id" ? data.client_ids : [];
  return [data[fact], ...(Array.isArray(several) ? several : [])].filter((id) => typeof id === "string");
}

/** Whether what a query found is stale after an event. The query's key is that of the API client: method, path, parameters. */
export function isStale(queryKey: readonly unknown[], event: LiveEvent): boolean {
  const path = String(queryKey[1] ?? "");
  const parameter = parametersOf(queryKey[2]);
  return (STALE_AFTER[event.type] ?? []).some(
    (stale) =>
      path.startsWith(stale.path) && !stale.unlessOther.some((fact) => isOther(parameter[fact], idsOf(event, fact))),
  );
}

/** Whether the query names something else than the event. */
function isOther(parameter: unknown, ids: readonly string[]): boolean {
  const named = Array.isArray(parameter) ? parameter : typeof parameter === "string" ? [parameter] : [];
  return named.length > 0 && ids.length > 0 && !named.some((id) => ids.includes(id));
}

function parametersOf(init: unknown): Readonly<Record<string, unknown>> {
  const { params } = (init ?? {}) as { params?: { path?: object; query?: object } };
  return { ...params?.query, ...params?.path };
}
