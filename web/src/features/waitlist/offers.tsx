// Who of the waitlist is offered a place that a session had: what becomes free is offered at once.
import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { http, type Session } from "@/api";
import { heldUntil } from "@/features/sessions/standing";
import { dayOf, type Instant, minutesBetween, momentInWords } from "@/time";

const SHOWN_AT_MOST = 100;

/** A room and a therapist's time. */
export type Place = Pick<Session, "site_id" | "therapist_id" | "room_id" | "starts_at" | "ends_at">;

export interface Offer {
  readonly client_name: string;
  readonly until: Instant;
}

/** Find who is offered the therapist's time or the room of a place. */
export async function findOffers(place: Place, zone: string): Promise<readonly Offer[]> {
  const { site_id, starts_at } = place;
  const query = { site_id, day: dayOf(starts_at, zone), status: ["offered" as const], limit: SHOWN_AT_MOST };
  const { data } = await http.GET("/api/scheduling/sessions", { params: { query } });
  return (data?.items ?? []).flatMap((one) => {
    const until = heldUntil(one);
    return until && isInTheWay(one, place) ? [{ client_name: one.client_name ?? "A client", until }] : [];
  });
}

/** Whether a session and a place have a time and their therapist or their room in common. */
export function isInTheWay(one: Place, other: Place): boolean {
  const isSame = one.therapist_id === other.therapist_id || (one.room_id !== null && one.room_id === other.room_id);
  return isSame && minutesBetween(one.starts_at, other.ends_at) > 0 && minutesBetween(other.starts_at, one.ends_at) > 0;
}

interface OfferedToProps {
  readonly offer: Offer;
  readonly siteId: string;
  readonly zone: string;
  /** What is offered, where that is not what the page is about. */
  readonly what?: string;
  /** What can be done once the offer is declined. */
  readonly next: string;
}

/** Who is offered it until when, and what has to be done before it can be used. */
export function OfferedTo({ offer, siteId, zone, what = "", next }: OfferedToProps) {
  return (
    <>
      {what ? `${what} is offered` : "Offered"} to {offer.client_name} from the waitlist until{" "}
      {momentInWords(offer.until, zone)}.{" "}
      <Anchor component={Link} to={`/waitlist?status=offered&site=${siteId}`} inherit underline="always">
        Decline it on the waitlist
      </Anchor>{" "}
      without offering it to the next, then {next}.
    </>
  );
}
