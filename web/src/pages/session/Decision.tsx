// What waits for a decision: rooms', the desk's, or that of a client who was offered a place.
import { Alert, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, type Session } from "@/api";
import { Alternatives } from "@/features/sessions/Alternatives";
import { LargerRooms, useOtherAlternatives } from "@/features/sessions/LargerRooms";
import { heldUntil, isWaiting, partInWords } from "@/features/sessions/standing";
import { PATIENCE, useStep } from "@/features/sessions/steps";
import { Why } from "@/features/sessions/Why";
import { Decline, type Declined } from "@/features/waitlist/Decline";
import { refreshAfter } from "@/live";
import { dayOf, durationInWords, momentInWords, secondsUntil, useNow } from "@/time";
import { Loaded, notify, Panel, ProblemNotice } from "@/ui";
import { useDismissed } from "./useDismissed";

interface DecisionProps {
  readonly session: Session;
  readonly zone: string;
}

export function Decision({ session, zone }: DecisionProps) {
  const [declined, setDeclined] = useState<Declined | null>(null);
  return (
    <>
      <Undecided session={session} zone={zone} onDecline={setDeclined} />
      {declined && <Decline entry={declined} onClose={() => setDeclined(null)} />}
    </>
  );
}

interface DecliningProps extends DecisionProps {
  readonly onDecline: (entry: Declined) => void;
}

function Undecided({ session, zone, onDecline }: DecliningProps) {
  const [dismissed, dismiss] = useDismissed(session.id);
  if (isWaiting(session)) {
    return <Waiting session={session} />;
  }
  const held = heldUntil(session);
  if (held) {
    return <Held session={session} until={held} zone={zone} onDecline={onDecline} />;
  }
  const isRefused = session.alternatives.length > 0 || (session.rejection_reasons ?? []).length > 0;
  const isAbout = ["offered", "rejected", "booked"].includes(session.status) || Boolean(session.undo_until);
  if (!isRefused || !isAbout || (session.status === "booked" && dismissed === session.version)) {
    return null;
  }
  return <Refused session={session} zone={zone} onDismiss={() => dismiss(session.version)} />;
}

function Waiting({ session }: { session: Session }) {
  const place = session.waiting?.position ?? 0;
  return (
    <Panel
      title={
        session.rescheduling
          ? "The move waits for a room"
          : session.undoing
            ? "The undo waits for the room"
            : "Waiting for a room"
      }
      actions={<Loader size={20} />}
    >
      <Stack gap="xs" role="status">
        {place > 1 && <Text size="sm">It is number {place} in the queue.</Text>}
        {(session.degraded ?? []).map(({ part, effect }) => (
          <Notice key={part}>
            {partInWords(part)} is unavailable; {effect}.
          </Notice>
        ))}
        <Text size="sm" c="dimmed">
          {session.rescheduling
            ? "The session keeps its room and its time until the new ones are held."
            : "The client's and the therapist's time is reserved. You can leave this page."}
        </Text>
      </Stack>
    </Panel>
  );
}

function Refused({ session, zone, onDismiss }: DecisionProps & { onDismiss: () => void }) {
  const step = useStep(session.id);
  const moved = session.status === "booked";
  const isUndo = Boolean(session.undo_until);
  const others = useOtherAlternatives(session, session.starts_at, session.alternatives);
  const alternatives = moved ? others : session.alternatives;
  return (
    <Panel
      title={
        moved
          ? "The requested change is not available"
          : session.status === "offered"
            ? "Choose an alternative"
            : isUndo
              ? "It cannot be undone: its room is not available"
              : "No room available"
      }
      about={
        moved
          ? `The session keeps its room, its time and its clients.${session.alternatives.length > 0 ? " A choice below moves it with these clients." : ""}`
          : undefined
      }
      actions={
        moved && (
          <Button size="xs" variant="default" onClick={onDismiss}>
            Dismiss
          </Button>
        )
      }
    >
      {session.rejection_reasons?.length ? (
        <Why reasons={session.rejection_reasons} />
      ) : (
        <Text size="sm">{session.rejection_reason}</Text>
      )}
      {moved && (
        <LargerRooms
          session={session}
          startsAt={session.starts_at}
          roomId={null}
          onMove={(room_id) => step.mutate({ step: "reschedule", starts_at: session.starts_at, room_id })}
        />
      )}
      {alternatives.length > 0 && (
        <Alternatives
          alternatives={alternatives}
          zone={zone}
          day={dayOf(session.starts_at, zone)}
          verb={moved ? "Move here" : "Book this"}
          busy={step.isPending && step.variables.step === "accept" ? step.variables.alternative_id : null}
          onChoose={({ id }) => step.mutate({ step: "accept", alternative_id: id })}
        />
      )}
      {step.error && <ProblemNotice error={step.error} />}
    </Panel>
  );
}

/** A room is held for somebody who waited; the front desk enters what they decided. */
function Held({ session, until, zone, onDecline }: DecliningProps & { until: string }) {
  useNow(1);
  const queries = useQueryClient();
  const waiting = api.useQuery("get", "/api/scheduling/waitlist", {
    params: { query: { client_id: session.client_id, status: "offered", limit: 50 } },
  });
  const accept = api.useMutation("post", "/api/scheduling/waitlist/{entry_id}/accept", {
    onSettled: () => void refreshAfter(queries, "scheduling.session_booked.v1"),
    onSuccess: () => notify.done("Booked."),
    onError: (error: unknown) => notify.problem(error),
  });
  const left = Math.max(0, Math.ceil(secondsUntil(until) / 60));
  return (
    <Panel
      title="Held for a waitlisted client"
      about={`Until ${momentInWords(until, zone)}, another ${durationInWords(left)}; then it is offered to the next on the waitlist.`}
    >
      <Loaded query={waiting}>
        {({ items }) => {
          const entry = items.find(({ session_id }) => session_id === session.id);
          if (!entry) {
            return <Text size="sm">Already decided.</Text>;
          }
          const params = {
            path: { entry_id: entry.id },
            header: { prefer: PATIENCE },
          };
          return (
            <Group>
              <Button loading={accept.isPending} onClick={() => accept.mutate({ params })}>
                {entry.client_name} accepts
              </Button>
              <Button variant="default" disabled={accept.isPending} onClick={() => onDecline(entry)}>
                {entry.client_name} declines
              </Button>
            </Group>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <Alert color="yellow" p="xs" styles={{ message: { color: "var(--mantine-color-text)" } }}>
      {children}
    </Alert>
  );
}
