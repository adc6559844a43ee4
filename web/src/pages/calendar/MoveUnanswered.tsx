// A move of which no answer came: where the session is now, and the same move once more.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { api, type Room, type Session } from "@/api";
import { type Instant, minutesBetween, momentInWords } from "@/time";
import { useFocusBack } from "@/ui";
import type { Unanswered } from "./useMoves";

interface MoveUnansweredProps {
  readonly unanswered: Unanswered;
  readonly rooms: readonly Room[];
  readonly zone: string;
  readonly onClose: () => void;
  readonly onAgain: () => void;
}

export function MoveUnanswered({ unanswered, rooms, zone, onClose, onAgain }: MoveUnansweredProps) {
  const { session, to } = unanswered;
  useFocusBack();
  const now = api.useQuery(
    "get",
    "/api/scheduling/sessions/{session_id}",
    { params: { path: { session_id: session.id } } },
    { refetchOnMount: "always" },
  );
  const room = rooms.find(({ id }) => id === to.roomId);
  const who = session.client_name ?? "The session";
  const there = placeInWords(to.startsAt, room?.room_number, zone);
  const isRead = now.isFetchedAfterMount && now.isSuccess;
  const hasArrived = isRead && (now.data.rescheduling || isThere(now.data, unanswered));
  return (
    <Modal opened onClose={onClose} title="The move was sent, but there is no answer" size="lg">
      <Stack>
        <Text size="sm" role="status">
          {isRead
            ? standingInWords(who, there, now.data, unanswered, zone)
            : now.isFetching
              ? `${who} was to move to ${there}. Reading where the session is now…`
              : `${who} may be at ${there} already: where the session is cannot be read now. Send the move again when the server answers; the session is moved only once.`}
        </Text>
        <Group justify="flex-end">
          {hasArrived ? (
            <Button onClick={onClose}>Close</Button>
          ) : (
            <>
              <Button variant="default" onClick={onClose}>
                Close
              </Button>
              <Button data-autofocus onClick={onAgain}>
                Send again
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function standingInWords(who: string, there: string, now: Session, unanswered: Unanswered, zone: string): string {
  const here = placeInWords(now.starts_at, now.room_number, zone);
  if (isThere(now, unanswered)) {
    return `${who} is moved to ${there}.`;
  }
  return now.rescheduling
    ? `The move to ${there} waits for a room. Until then ${who} is at ${here}.`
    : `${who} is still at ${here}. Send the move to ${there} again; the session is moved only once.`;
}

function isThere(now: Session, { to }: Unanswered): boolean {
  return minutesBetween(now.starts_at, to.startsAt) === 0 && now.room_id === to.roomId;
}

function placeInWords(startsAt: Instant, roomNumber: string | null | undefined, zone: string): string {
  return `${momentInWords(startsAt, zone)}${roomNumber ? `, room ${roomNumber}` : ""}`;
}
