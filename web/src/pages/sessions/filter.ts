// Which sessions are looked for: what the address has, and the query to the service.
import type { SessionStatus } from "@/api";
import { addDays, conventionsOf, type Day, type Instant, isDay, startOfDay, today, weekStart } from "@/time";

/** A day, a week, everything to come, what nobody has completed, or from one day to another. */
export type Period = "day" | "week" | "coming" | "open" | "range";

export const PERIODS: readonly (readonly [Period, string])[] = [
  ["day", "Day"],
  ["week", "Week"],
  ["coming", "Upcoming"],
  ["open", "To complete"],
  ["range", "Date range"],
];

/** So far back something may be recorded, and is worth looking for. */
const OPEN_DAYS = 30;

export interface Filter {
  readonly words: string;
  readonly period: Period;
  readonly from: Day;
  readonly to: Day;
  readonly statuses: readonly SessionStatus[];
  readonly clientId: string | null;
  readonly therapistId: string | null;
  readonly roomId: string | null;
}

const STATUSES: readonly SessionStatus[] = [
  "requested",
  "offered",
  "booked",
  "completed",
  "no_show",
  "cancelled",
  "rejected",
];

export function isStatus(text: string): text is SessionStatus {
  return STATUSES.some((status) => status === text);
}

/** What the address narrows the list to; whoever comes with a client and no time wants to see what is to come. */
export function filterOf(query: URLSearchParams, zone: string): Filter {
  const from = query.get("from");
  const to = query.get("to");
  const period = PERIODS.find(([name]) => name === query.get("period"))?.[0];
  const day = isDay(from) ? from : today(zone);
  return {
    words: query.get("q") ?? "",
    period: period ?? (query.has("client") ? "coming" : "day"),
    from: day,
    to: isDay(to) && to >= day ? to : day,
    statuses: (query.get("status") ?? "").split(",").filter(isStatus),
    clientId: query.get("client"),
    therapistId: query.get("therapist"),
    roomId: query.get("room"),
  };
}

export interface Wanted {
  from?: Instant;
  to?: Instant;
  site_id?: string;
  client_id?: string;
  therapist_id?: string;
  room_id?: string;
  status?: SessionStatus[];
  q?: string;
}

/** The query to the service. A client is looked for at every site, because people come to several. */
export function wantedOf(filter: Filter, siteId: string, zone: string, now: Instant): Wanted {
  const statuses: readonly SessionStatus[] = filter.period === "open" ? ["booked"] : filter.statuses;
  return {
    ...timeOf(filter, zone, now),
    ...(filter.clientId ? { client_id: filter.clientId } : { site_id: siteId }),
    ...(filter.therapistId ? { therapist_id: filter.therapistId } : {}),
    ...(filter.roomId ? { room_id: filter.roomId } : {}),
    ...(statuses.length ? { status: [...statuses] } : {}),
    ...(filter.words ? { q: filter.words } : {}),
  };
}

function timeOf({ period, from, to }: Filter, zone: string, now: Instant): { from?: Instant; to?: Instant } {
  const start = (day: Day) => startOfDay(day, zone);
  switch (period) {
    case "day":
      return { from: start(from), to: start(addDays(from, 1)) };
    case "week":
      return {
        from: start(weekStart(from, conventionsOf(zone))),
        to: start(addDays(weekStart(from, conventionsOf(zone)), 7)),
      };
    case "coming":
      return { from: start(today(zone)) };
    case "open":
      return { from: start(addDays(today(zone), -OPEN_DAYS)), to: now };
    case "range":
      return { from: start(from), to: start(addDays(to, 1)) };
  }
}
