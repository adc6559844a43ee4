import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Session } from "@/api";
import { momentInWords } from "@/time";
import { useAt } from "@/ui";
import { StatusBadge } from "./StatusBadge";

/** The session that is booked in place of a date that a series could not have. */
export function BookedInstead({ session, zone }: { session: Session; zone: string }) {
  const at = useAt();
  return (
    <Group gap="xs">
      <Text size="sm">
        Booked instead:{" "}
        <Anchor component={Link} to={at(`/sessions/${session.id}`)} size="sm" underline="always" className="numbers">
          {momentInWords(session.starts_at, zone)}
          {session.room_number && `, room ${session.room_number}`}
        </Anchor>
      </Text>
      <StatusBadge status={session.status} />
    </Group>
  );
}
