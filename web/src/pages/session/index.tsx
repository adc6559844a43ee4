// One session: where it stands, what can be done with it, how it came about, and what it costs.
import { Grid, Group, Stack, Text } from "@mantine/core";
import { useParams } from "react-router";
import { api, retryMs, type Session } from "@/api";
import { togetherInWords, useClients, useTherapist } from "@/features/people/names";
import { StatusBadge } from "@/features/sessions/StatusBadge";
import { canUndo, heldUntil, isWaiting } from "@/features/sessions/standing";
import { SiteNotFound, useFollowSite, useSiteOf } from "@/features/site";
import { dayInWords, dayOf, spanInWords, zoneInWords } from "@/time";
import { LoadedPage, Page, Panel, ProblemNotice } from "@/ui";
import { Actions } from "./Actions";
import { Clients } from "./Clients";
import { Costs } from "./Costs";
import { Decision } from "./Decision";
import { Displaced } from "./Displaced";
import { History } from "./History";
import { SessionFacts } from "./SessionFacts";
import { TherapistOff } from "./TherapistOff";

/** Looked at this often until it is decided; live updates are usually faster. */
const LOOK_MS = 1000;
/** While its end can be undone, the slot may be offered to somebody else, whose events do not name this session. */
const LOOK_FOR_OFFER_MS = 5000;

export function Component() {
  const { sessionId = "" } = useParams();
  const session = api.useQuery(
    "get",
    "/api/scheduling/sessions/{session_id}",
    { params: { path: { session_id: sessionId } } },
    { refetchInterval: ({ state }) => (state.data && lookAgainMs(state.data)) || retryMs(state) },
  );
  return (
    <LoadedPage query={session} named={{ kind: "session", all: "All sessions", path: "/sessions" }}>
      {(found) => <SessionPage key={sessionId} session={found} error={session.error} />}
    </LoadedPage>
  );
}

function lookAgainMs(session: Session): number | false {
  if (isWaiting(session)) {
    return LOOK_MS;
  }
  return canUndo(session) ? LOOK_FOR_OFFER_MS : false;
}

function SessionPage({ session, error }: { session: Session; error: unknown }) {
  useFollowSite(session.site_id);
  // A session belongs to its own site, whichever is looked at.
  const { site, zone } = useSiteOf(session.site_id);
  const clients = useClients(session.client_ids);
  const therapist = useTherapist(session.therapist_id);
  const isAwaited = clients.some((client) => client.isAwaited);
  const day = dayOf(session.starts_at, zone);
  return (
    <Page
      title={isAwaited ? "Session" : togetherInWords(clients.map(({ name }) => name))}
      isAwaited={isAwaited}
      about={
        <Group gap="xs">
          <StatusBadge status={session.status} isHeld={heldUntil(session) !== null} />
          <Text span inherit className="numbers">
            {dayInWords(day, { weekday: "long" })}, {spanInWords(session.starts_at, session.ends_at, zone)}
          </Text>
          <Text span inherit>
            {zoneInWords(zone, session.starts_at)}
          </Text>
        </Group>
      }
      actions={<Actions session={session} zone={zone} clients={clients} therapist={therapist.data} />}
    >
      {error ? <ProblemNotice error={error} title="The data shown may be out of date" /> : null}
      <SiteNotFound site={site} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            <Decision session={session} zone={zone} />
            <Displaced session={session} />
            <TherapistOff session={session} zone={zone} />
            <SessionFacts session={session} site={site} zone={zone} therapist={therapist} />
            <Clients session={session} clients={clients} />
            <Costs session={session} clients={clients} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Panel title="History">
            <History session={session} zone={zone} />
          </Panel>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
