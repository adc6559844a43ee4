// A move of which no answer came: where the session is now, and the same move once more.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { api, type Room, type Session } from "@/api";
import { minutesBetween, momentInWords } from "@/time";
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
  return (
    <Modal opened onClose={onClose} title="The move was sent, but there is no answer" size="lg">
      <Stack>
        <Text size="sm">
          {session.client_name ?? "The session"} was to move to {momentInWords(to.startsAt, zone)}
          {room && `, room ${room.room_number}`}. It may be moved already. Send it again: it is moved only once.
        </Text>
        <Text size="sm" role="status">
          {now.isFetching
            ? "Reading the session again…"
            : now.isSuccess
              ? standingInWords(now.data, unanswered, zone)
              : "Where the session is now cannot be read. Try again when the server answers."}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button data-autofocus onClick={onAgain}>
            Send again
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function standingInWords(now: Session, { to }: Unanswered, zone: string): string {
  const where = `${momentInWords(now.starts_at, zone)}${now.room_number ? `, room ${now.room_number}` : ""}`;
  if (minutesBetween(now.starts_at, to.startsAt) === 0 && now.room_id === to.roomId) {
    return `It is moved: the session is at ${where}.`;
  }
  return now.rescheduling
    ? `The move waits for a room. Until then the session is at ${where}.`
    : `The session is still at ${where}.`;
}
