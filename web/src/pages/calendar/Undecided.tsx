// Sessions of the day that have no room: those that wait for one, and those for which somebody must choose.
import { Button, Group } from "@mantine/core";
import type { Session } from "@/api";
import { StatusBadge } from "@/features/sessions/StatusBadge";
import { heldUntil } from "@/features/sessions/standing";
import { timeInWords } from "@/time";

interface UndecidedProps {
  readonly sessions: readonly Session[];
  readonly zone: string;
  readonly onOpen: (sessionId: string) => void;
}

export function Undecided({ sessions, zone, onOpen }: UndecidedProps) {
  const undecided = sessions.filter(
    (session) => session.status === "requested" || (session.status === "offered" && !heldUntil(session)),
  );
  if (!undecided.length) {
    return null;
  }
  return (
    <Group gap="xs" role="group" aria-label="Without a room">
      {undecided.map((session) => (
        <Button
          key={session.id}
          variant="default"
          size="xs"
          h={34}
          onClick={() => onOpen(session.id)}
          rightSection={<StatusBadge status={session.status} />}
        >
          {timeInWords(session.starts_at, zone)} {session.client_name}
        </Button>
      ))}
    </Group>
  );
}
