import type { Session } from "@/api";
import { dayOf, timeOf } from "@/time";

/** The booking page with this session's people and service; with its time as well, where it should be had back. */
export function againAt(
  { client_id, therapist_id, service_id, room_id, starts_at }: Session,
  zone: string | null,
): string {
  const query = new URLSearchParams({ client: client_id, therapist: therapist_id, service: service_id });
  if (zone) {
    query.set("day", dayOf(starts_at, zone));
    query.set("time", timeOf(starts_at, zone));
  }
  if (zone && room_id) {
    query.set("room", room_id);
  }
  return `/book?${query}`;
}
