import { api, type Session } from "@/api";
import { isPast, minutesBetween, periodInWords } from "@/time";
import { HasToMove } from "./HasToMove";

const OPEN: ReadonlySet<Session["status"]> = new Set(["requested", "offered", "booked"]);

/** A session to come whose therapist is off then: it was kept, and somebody has to move or cancel it. */
export function TherapistOff({ session, zone }: { session: Session; zone: string }) {
  // They are ordered by their start: if one is in the way, the first that ends after the session has begun is.
  const first = api.useQuery(
    "get",
    "/api/scheduling/therapists/{therapist_id}/time-off",
    { params: { path: { therapist_id: session.therapist_id }, query: { from: session.starts_at, limit: 1 } } },
    { enabled: OPEN.has(session.status) && !isPast(session.ends_at) },
  );
  const off = first.data?.items[0];
  if (!off || !OPEN.has(session.status) || minutesBetween(off.starts_at, session.ends_at) <= 0) {
    return null;
  }
  return (
    <HasToMove
      title="The therapist is off at this time"
      list={{ path: `/people/therapists/${session.therapist_id}`, name: "the therapist's page" }}
    >
      {[off.reason, periodInWords(off.starts_at, off.ends_at, zone)].filter(Boolean).join(": ")}. Move the session, give
      it to another therapist or cancel it; all time off is on
    </HasToMove>
  );
}
