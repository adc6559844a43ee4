// What becomes of a booking, as it happens: requested, held, booked; or the alternatives; or why it still waits.
import { Alert, Button, Grid, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconHourglass } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { api, type NewSession, retryMs, type Session } from "@/api";
import { togetherInWords, useClients, useTherapist } from "@/features/people/names";
import { Alternatives } from "@/features/sessions/Alternatives";
import { SagaSteps } from "@/features/sessions/SagaSteps";
import { isWaiting, partInWords } from "@/features/sessions/standing";
import { useStep } from "@/features/sessions/steps";
import { Why } from "@/features/sessions/Why";
import { dayInWords, dayOf, momentInWords, spanInWords, timeOf } from "@/time";
import { Loaded, ProblemNotice, useAt } from "@/ui";
import { type BookingRequest, bodyOf } from "./bookingRequest";
import { Panel } from "./Panel";

/** Looked at this often until it is decided; live updates are usually faster. */
const LOOK_MS = 400;
/** Rooms confirms the hold a moment after it has granted it. */
const SETTLING_MS = 1500;

const WITHDRAWN = { step: "cancel", reason: "Request withdrawn" } as const;

interface OutcomeProps {
  readonly sessionId: string;
  readonly zone: string;
  readonly wanted: BookingRequest;
  readonly onAgain: (kept: Partial<BookingRequest>) => void;
}

export function Outcome({ sessionId, zone, wanted, onAgain }: OutcomeProps) {
  const params = { params: { path: { session_id: sessionId } } };
  const session = api.useQuery("get", "/api/scheduling/sessions/{session_id}", params, {
    staleTime: 0,
    refetchInterval: ({ state }) => (!state.data || isWaiting(state.data) ? LOOK_MS : retryMs(state)),
  });
  const waits = !session.data || isWaiting(session.data);
  const timeline = api.useQuery("get", "/api/scheduling/sessions/{session_id}/timeline", params, {
    staleTime: 0,
    refetchInterval: ({ state }) => (waits ? LOOK_MS : settled(state.data?.items) ? retryMs(state) : SETTLING_MS),
  });
  const step = useStep(sessionId);
  const who = useWho(wanted);
  return (
    <Loaded query={session}>
      {(found) => (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Panel title={who} busy={waits}>
              <Text size="sm" c="dimmed">
                {found.service_code} {found.service_name}
              </Text>
              <Result session={found} zone={zone} />
              {isBackdated(found) && (
                <OfItsDay
                  session={found}
                  wanted={wanted}
                  zone={zone}
                  onTake={(place) =>
                    found.status === "offered"
                      ? step.mutate(WITHDRAWN, { onSuccess: () => onAgain({ ...wanted, ...place }) })
                      : onAgain({ ...wanted, ...place })
                  }
                />
              )}
              {found.status === "offered" && !isBackdated(found) && (
                <Alternatives
                  alternatives={found.alternatives}
                  zone={zone}
                  day={dayOf(found.starts_at, zone)}
                  busy={step.isPending && step.variables.step === "accept" ? step.variables.alternative_id : null}
                  onChoose={({ id }) => step.mutate({ step: "accept", alternative_id: id })}
                />
              )}
              {step.error && <ProblemNotice error={step.error} />}
              <Next session={found} wanted={wanted} onAgain={onAgain} onCancel={() => step.mutate(WITHDRAWN)} />
            </Panel>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Panel title="History">
              <Loaded query={timeline}>{({ items }) => <SagaSteps steps={items} zone={zone} />}</Loaded>
            </Panel>
          </Grid.Col>
        </Grid>
      )}
    </Loaded>
  );
}

/** Whether it records what took place, and could not be had so: rooms offers only times to come. */
function isBackdated({ status, starts_at, created_at }: Session): boolean {
  return (status === "offered" || status === "rejected") && Date.parse(starts_at) < Date.parse(created_at);
}

interface OfItsDayProps {
  readonly session: Session;
  readonly wanted: BookingRequest;
  readonly zone: string;
  readonly onTake: (place: Partial<BookingRequest>) => void;
}

/** Rooms and times of the day that has passed, at which it can be recorded instead; taken over into the form. */
function OfItsDay({ session, wanted, zone, onTake }: OfItsDayProps) {
  const body = bodyOf(wanted, session.site_id, zone);
  const found = api.useQuery(
    "post",
    "/api/scheduling/sessions/alternatives",
    { body: body as NewSession },
    { enabled: body !== null },
  );
  return (
    <Loaded query={found}>
      {({ items }) => (
        <Alternatives
          alternatives={items}
          zone={zone}
          day={dayOf(session.starts_at, zone)}
          verb="Use this"
          onChoose={({ starts_at, room_id, therapist_id }) =>
            onTake({
              day: dayOf(starts_at, zone),
              time: timeOf(starts_at, zone),
              roomId: room_id,
              ...(therapist_id ? { therapistId: therapist_id } : {}),
            })
          }
        />
      )}
    </Loaded>
  );
}

/** Whose session it is; the form has requested both names already. */
export function useWho({ clientId, others, therapistId }: BookingRequest): string {
  const clients = useClients([...(clientId ? [clientId] : []), ...others]);
  const therapist = useTherapist(therapistId);
  return `${togetherInWords(clients.map(({ name }) => name))} with ${therapist.data?.full_name ?? "the therapist"}`;
}

function Result({ session, zone }: { session: Session; zone: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { status } = session;
  // Who books with the keyboard or a screen reader learns at once what became of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves when the status does
  useEffect(() => heading.current?.focus({ preventScroll: true }), [status]);

  const when = `${dayInWords(dayOf(session.starts_at, zone), { weekday: "long" })}, ${spanInWords(session.starts_at, session.ends_at, zone)}`;
  switch (status) {
    case "booked":
      return (
        <Group wrap="nowrap" gap="sm" role="status">
          <IconCircleCheck size={34} color="var(--mantine-color-green-8)" aria-hidden />
          <div>
            <Title order={3} fz={19} ref={heading} tabIndex={-1}>
              Booked in room {session.room_number}
            </Title>
            <Text className="numbers">{when}</Text>
          </div>
        </Group>
      );
    case "requested":
      return (
        <Stack gap="xs" role="status">
          <Group wrap="nowrap" gap="sm">
            <Loader size={26} />
            <div>
              <Title order={3} fz={19} ref={heading} tabIndex={-1}>
                Waiting for a room
              </Title>
              <Text className="numbers">{when}</Text>
            </div>
          </Group>
          {session.waiting && session.waiting.position > 1 && (
            <Text size="sm">It is number {session.waiting.position} in the queue.</Text>
          )}
          {(session.degraded ?? []).map(({ part, effect }) => (
            <Alert key={part} color="yellow" icon={<IconHourglass aria-hidden />} p="xs">
              {partInWords(part)} is unavailable; {effect}.
            </Alert>
          ))}
          <Text size="sm" c="dimmed">
            The client's and the therapist's time is taken. You can leave this page; the booking goes on by itself.
          </Text>
        </Stack>
      );
    case "offered":
    case "rejected":
      return (
        <Stack gap="xs" role="status">
          <Title order={3} fz={17} ref={heading} tabIndex={-1}>
            {momentInWords(session.starts_at, zone)} is not available
          </Title>
          {session.rejection_reasons?.length ? (
            <Why reasons={session.rejection_reasons} />
          ) : (
            <Text>{session.rejection_reason}</Text>
          )}
        </Stack>
      );
    default:
      return (
        <Title order={3} fz={19} ref={heading} tabIndex={-1}>
          It is {status.replace("_", " ")}
        </Title>
      );
  }
}

interface NextProps {
  readonly session: Session;
  readonly wanted: BookingRequest;
  readonly onAgain: (kept: Partial<BookingRequest>) => void;
  readonly onCancel: () => void;
}

function Next({ session, wanted, onAgain, onCancel }: NextProps) {
  const at = useAt();
  const { clientId, others, therapistId, serviceId, insurance } = wanted;
  return (
    <Group gap="xs">
      <Button variant="default" component={Link} to={at(`/sessions/${session.id}`)}>
        Open the session
      </Button>
      <Button variant="default" component={Link} to={at(`/calendar?day=${wanted.day}`)}>
        Show in calendar
      </Button>
      {wanted.besideSeries && (
        <Button variant="default" component={Link} to={at(`/series/${wanted.besideSeries}`)}>
          Open the series
        </Button>
      )}
      {session.status === "rejected" || session.status === "cancelled" ? (
        <Button onClick={() => onAgain({ ...wanted })}>Change the request</Button>
      ) : (
        <Button variant="default" onClick={() => onAgain({ clientId, others, therapistId, serviceId, insurance })}>
          Book another for this client
        </Button>
      )}
      {(session.status === "offered" || session.status === "requested") && (
        <Button variant="default" c="var(--mantine-color-error)" onClick={onCancel}>
          Cancel the request
        </Button>
      )}
      <Button variant="default" onClick={() => onAgain({})}>
        Book another session
      </Button>
    </Group>
  );
}

function settled(steps: readonly { event: string }[] | undefined): boolean {
  const last = steps?.at(-1)?.event;
  return last !== undefined && !["requested", "booked", "accepted"].includes(last);
}
