import { Alert, Anchor } from "@mantine/core";
import { Link } from "react-router";
import { api, type Session } from "@/api";
import { heldUntil } from "@/sessions/standing";
import { useAt } from "@/site";
import { addMinutes, dayOf, type Instant, minutesBetween, momentInWords } from "@/time";

const SHOWN_AT_MOST = 20;

interface HeldByOfferProps {
  readonly session: Session;
  /** Where the session was to go. */
  readonly wished: Instant;
  readonly zone: string;
}

/** Whoever of the waitlist was offered the therapist's time meanwhile: a slot that becomes free is offered at once. */
export function HeldByOffer({ session, wished, zone }: HeldByOfferProps) {
  const at = useAt();
  const { site_id, therapist_id } = session;
  const offered = api.useQuery("get", "/api/scheduling/sessions", {
    params: { query: { site_id, therapist_id, day: dayOf(wished, zone), status: ["offered"], limit: SHOWN_AT_MOST } },
  });
  const ends = addMinutes(wished, minutesBetween(session.starts_at, session.ends_at));
  const inTheWay = (offered.data?.items ?? []).filter(
    (one) => heldUntil(one) && minutesBetween(one.starts_at, ends) > 0 && minutesBetween(wished, one.ends_at) > 0,
  );
  return inTheWay.map((one) => (
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
