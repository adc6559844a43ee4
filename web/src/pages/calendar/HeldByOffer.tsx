import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Session } from "@/api";
import { findOffers, OfferedTo } from "@/features/waitlist/offers";
import { addMinutes, type Instant, minutesBetween } from "@/time";

interface HeldByOfferProps {
  readonly session: Session;
  /** Where the session was to go. */
  readonly wantedStart: Instant;
  readonly roomId: string;
  readonly zone: string;
}

/** Whoever of the waitlist was offered the place meanwhile. */
export function HeldByOffer({ session, wantedStart, roomId, zone }: HeldByOfferProps) {
  const { site_id, therapist_id } = session;
  const ends_at = addMinutes(wantedStart, minutesBetween(session.starts_at, session.ends_at));
  const place = { site_id, therapist_id, room_id: roomId, starts_at: wantedStart, ends_at };
  const offers = useQuery({
    queryKey: ["get", "/api/scheduling/sessions", { params: { query: { ...place, status: "offered" } } }],
    queryFn: () => findOffers(place, zone),
  });
  return offers.data?.map((offer) => (
    <Alert key={`${offer.client_name} ${offer.until}`} color="yellow" role="alert" p="xs">
      <OfferedTo offer={offer} siteId={site_id} zone={zone} next="move the session again" />
    </Alert>
  ));
}
