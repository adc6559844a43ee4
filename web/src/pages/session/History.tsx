import { Text } from "@mantine/core";
import { api, retryMs, type Session, type TimelineEntry } from "@/api";
import { SagaSteps } from "@/features/sessions/SagaSteps";
import { isWaiting } from "@/features/sessions/standing";
import { elapsedInWords, secondsUntil } from "@/time";
import { Loaded } from "@/ui";

const LOOK_MS = 1000;
/** Rooms confirms a hold a moment after it has granted it, and there is no event for that. */
const SETTLING_S = 30;
const UNSETTLED = new Set(["requested", "booked", "accepted", "rescheduled", "client joined"]);
const DECIDED = new Set(["booked", "offered", "rejected"]);

/** Every step of the session's saga, with how long each took. */
export function History({ session, zone }: { session: Session; zone: string }) {
  const timeline = api.useQuery(
    "get",
    "/api/scheduling/sessions/{session_id}/timeline",
    { params: { path: { session_id: session.id } } },
    {
      refetchInterval: ({ state }) =>
        isWaiting(session) || isSettling(state.data?.items.at(-1)) ? LOOK_MS : retryMs(state),
    },
  );
  return (
    <Loaded query={timeline}>
      {({ items }) => (
        <>
          <Decided steps={items} />
          <SagaSteps steps={items} zone={zone} />
        </>
      )}
    </Loaded>
  );
}

function Decided({ steps }: { steps: readonly TimelineEntry[] }) {
  const decision = steps.find(({ event }) => DECIDED.has(event));
  return decision ? (
    <Text size="sm" c="dimmed" className="numbers">
      Decided {elapsedInWords(decision.elapsed_ms)} after the request.
    </Text>
  ) : null;
}

function isSettling(last: TimelineEntry | undefined): boolean {
  return last !== undefined && UNSETTLED.has(last.event) && secondsUntil(last.at) > -SETTLING_S;
}
