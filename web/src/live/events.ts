// Which of the things on the screen an event makes stale. One line per event type; paths are beginnings.

const SESSIONS = [
  "/api/scheduling/sessions",
  "/api/scheduling/series",
  "/api/scheduling/waitlist",
  "/api/scheduling/day-sheet",
  "/api/scheduling/first-available",
  "/api/rooms/calendar",
  "/api/rooms/availability",
  "/api/rooms/holds",
  "/api/rooms/utilization",
  "/api/rooms/replans",
  "/api/scheduling/services",
] as const;
const PLACES = ["/api/rooms/", "/api/scheduling/sessions", "/api/scheduling/first-available"] as const;
// Sessions carry the names of their people.
const PEOPLE = [
  "/api/scheduling/therapists",
  "/api/scheduling/clients",
  "/api/scheduling/sessions",
  "/api/scheduling/first-available",
] as const;
const PRICES = ["/api/catalog/", "/api/billing/preview"] as const;
const MONEY = ["/api/billing/"] as const;

export const STALE_AFTER: Readonly<Record<string, readonly string[]>> = {
  "scheduling.session_requested.v1": SESSIONS,
  "scheduling.session_offered.v1": SESSIONS,
  "scheduling.session_booked.v1": SESSIONS,
  "scheduling.session_rescheduled.v1": SESSIONS,
  "scheduling.reschedule_refused.v1": SESSIONS,
  "scheduling.session_rejected.v1": SESSIONS,
  "scheduling.session_cancelled.v1": SESSIONS,
  "scheduling.session_no_show.v1": SESSIONS,
  "scheduling.session_completed.v1": SESSIONS,
  "scheduling.session_clients_changed.v1": SESSIONS,
  "scheduling.cancellation_policy_stated.v1": ["/api/billing/preview"],
  "scheduling.therapist_changed.v1": PEOPLE,
  "scheduling.client_changed.v1": PEOPLE,
  "rooms.room_changed.v1": PLACES,
  "rooms.room_blocked.v1": PLACES,
  "rooms.room_unblocked.v1": PLACES,
  "rooms.site_changed.v1": PLACES,
  "catalog.service_changed.v1": PRICES,
  "billing.record_created.v1": MONEY,
  "billing.payment_status_changed.v1": MONEY,
};

/** A CloudEvent as the stream carries it. */
export interface LiveEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: string;
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}
