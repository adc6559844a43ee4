// One entry, looked at: what it is, and what can be done with it without leaving the day.
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconArrowsMove } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Room, Session } from "@/api";
import { NEEDS_ANOTHER, reasonsInWords } from "@/features/sessions/displaced";
import { StatusBadge } from "@/features/sessions/StatusBadge";
import { heldUntil } from "@/features/sessions/standing";
import { dayInWords, dayOf, type Instant, spanInWords, spanOfDaysInWords } from "@/time";
import { Facts, useAt, useFocusBack } from "@/ui";
import type { Drawn } from "./entries";
import { MoveForm } from "./MoveForm";

interface EntryDialogProps {
  readonly entry: Drawn;
  readonly rooms: readonly Room[];
  readonly zone: string;
  readonly onClose: () => void;
  readonly onMove: (session: Session, startsAt: Instant, roomId: string) => void;
}

export function EntryDialog({ entry, onClose, ...rest }: EntryDialogProps) {
  useFocusBack();
  const title =
    entry.clients.join(", ") || (entry.kind === "block" ? "Blocked" : entry.kind === "off" ? "Time off" : "A session");
  return (
    <Modal opened onClose={onClose} title={title} size="md">
      <Looked entry={entry} onClose={onClose} {...rest} />
    </Modal>
  );
}

function Looked({ entry, rooms, zone, onClose, onMove }: EntryDialogProps) {
  const [moves, setMoves] = useState(false);
  const at = useAt();
  const { session } = entry;
  const day = dayOf(entry.startsAt, zone);
  const span = spanOfDaysInWords(entry.startsAt, entry.endsAt, zone);
  const isOfOneDay = span === spanInWords(entry.startsAt, entry.endsAt, zone);
  const when = isOfOneDay ? `${dayInWords(day, { weekday: "long" })}, ${span}` : span;
  if (!session) {
    return (
      <Stack>
        <Text className="numbers">{when}</Text>
        <Text>{entry.reason ?? "Held for a session that is not shown here."}</Text>
        <Group justify="flex-end">
          {entry.sessionId ? (
            <Button component={Link} to={at(`/sessions/${entry.sessionId}`)}>
              Open the session
            </Button>
          ) : (
            <Button variant="default" component={Link} to={at("/rooms")}>
              Open rooms
            </Button>
          )}
        </Group>
      </Stack>
    );
  }
  const movable = session.status === "booked" && !session.rescheduling;
  return (
    <Stack>
      <Facts
        facts={[
          ["When", when],
          ["Where", session.room_number ? `Room ${session.room_number}` : "No room yet"],
          ["With", session.therapist_name ?? "–"],
          ["What", `${session.service_code} ${session.service_name}`],
          ["Status", <StatusBadge key="status" status={session.status} isHeld={heldUntil(session) !== null} />],
        ]}
      />
      {entry.therapistOff && (
        <Alert color="yellow" p="xs">
          The therapist is away at this time. Move the session, give it to another therapist or cancel it.
        </Alert>
      )}
      {entry.displacedBy && entry.displacedBy.length > 0 && (
        <Alert color="yellow" p="xs">
          {NEEDS_ANOTHER}: {reasonsInWords(entry.displacedBy)}. Move the session or cancel it.
        </Alert>
      )}
      {session.rescheduling && (
        <Alert color="yellow" p="xs">
          Moving: waiting for the new room. This place is kept until then.
        </Alert>
      )}
      {moves ? (
        <MoveForm
          session={session}
          rooms={rooms}
          zone={zone}
          onLeave={() => setMoves(false)}
          onMove={(startsAt, roomId) => {
            onClose();
            onMove(session, startsAt, roomId);
          }}
        />
      ) : (
        <Group justify="flex-end">
          {movable && (
            <Button
              variant="default"
              leftSection={<IconArrowsMove size={16} aria-hidden />}
              onClick={() => setMoves(true)}
            >
              Move
            </Button>
          )}
          <Button component={Link} to={at(`/sessions/${session.id}`)} data-autofocus>
            Open the session
          </Button>
        </Group>
      )}
    </Stack>
  );
}
