import { Anchor, List, Text } from "@mantine/core";
import { Link } from "react-router";
import { type Site, type TimeOff, useEverySession } from "@/api";
import { useSites } from "@/features/site";
import { type Instant, isPast, momentInWords } from "@/time";
import { ProblemNotice, useAt } from "@/ui";

const SHOWN_AT_MOST = 10;

/** The sessions that are still to come within a time off: each has to be moved or cancelled. */
export function StillBooked({ absence: { therapist_id, starts_at, ends_at } }: { absence: TimeOff }) {
  const { allSites } = useSites();
  const at = useAt();
  const sessions = useEverySession({ therapist_id, from: starts_at, to: ends_at });
  const booked = (sessions.data ?? []).filter((session) => session.status === "booked" && !isPast(session.ends_at));
  if (sessions.error) {
    return <ProblemNotice error={sessions.error} />;
  }
  if (booked.length === 0) {
    return null;
  }
  return (
    <>
      <Text size="sm" fw={650} mt={4}>
        {booked.length === 1 ? "1 session is still booked in it" : `${booked.length} sessions are still booked in it`}
      </Text>
      <List size="sm" aria-label="Sessions still booked">
        {booked.slice(0, SHOWN_AT_MOST).map(({ id, site_id, starts_at: start, client_name }) => (
          <List.Item key={id}>
            <Anchor component={Link} to={at(`/sessions/${id}`)} size="sm" underline="always" className="numbers">
              {momentIn(
                start,
                allSites.find((site) => site.id === site_id),
              )}
              {client_name && `, ${client_name}`}
            </Anchor>
          </List.Item>
        ))}
      </List>
      {booked.length > SHOWN_AT_MOST && (
        <Text size="sm" c="dimmed">
          and {booked.length - SHOWN_AT_MOST} more
        </Text>
      )}
    </>
  );
}

function momentIn(start: Instant, site: Site | undefined): string {
  return site ? momentInWords(start, site.time_zone) : `${momentInWords(start, "UTC")} UTC (site not found)`;
}
