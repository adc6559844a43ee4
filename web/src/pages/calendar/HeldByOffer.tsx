import { Alert, Anchor } from "@mantine/core";
import { Link } from "react-router";
import { api, type Session } from "@/api";
import { heldUntil } from "@/features/sessions/standing";
import { addMinutes, dayOf, type Instant, minutesBetween, momentInWords } from "@/time";
import { useAt } from "@/ui";

const SHOWN_AT_MOST = 20;

interface HeldByOfferProps {
  readonly session: Session;
  /** Where the session was to go. */
  readonly wantedStart: Instant;
  readonly zone: string;
}

/** Whoever of the waitlist was offered the therapist's time meanwhile: a slot that becomes free is offered at once. */
export function HeldByOffer({ session, wantedStart, zone }: HeldByOfferProps) {
  const at = useAt();
  const { site_id, therapist_id } = session;
  const offered = api.useQuery("get", "/api/scheduling/sessions", {
    params: {
      query: { site_id, therapist_id, day: dayOf(wantedStart, zone), status: ["offered"], limit: SHOWN_AT_MOST },
    },
  });
  const ends = addMinutes(wantedStart, minutesBetween(session.starts_at, session.ends_at));
  const conflicting = (offered.data?.items ?? []).filter(
    (one) => heldUntil(one) && minutesBetween(one.starts_at, ends) > 0 && minutesBetween(wantedStart, one.ends_at) > 0,
  );
  return conflicting.map((one) => (
    <Alert key={one.id} color="yellow" role="alert" p="xs">
      This time is offered to{" "}
      <Anchor component={Link} to={at(`/sessions/${one.id}`)} inherit underline="always">
        {one.client_name ?? "a client"}
      </Anchor>{" "}
      of the waitlist until {momentInWords(heldUntil(one) ?? one.starts_at, zone)}. Decline the offer there to use the
      time again.
    </Alert>
  ));
}
