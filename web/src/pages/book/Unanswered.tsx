import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { asProblem } from "@/api";

interface UnansweredProps {
  readonly error: unknown;
  readonly sentAgain: boolean;
  readonly busy: boolean;
  readonly onAgain: () => void;
  readonly onChange: () => void;
}

/** A booking that was sent and not answered: it is not known yet whether it is booked. */
export function Unanswered({ error, sentAgain, busy, onAgain, onChange }: UnansweredProps) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    notice.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <Alert
      ref={notice}
      role="alert"
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      title="The booking was sent, but there is no answer"
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Text size="sm">
        {asProblem(error).detail} It may be booked already.{" "}
        {sentAgain
          ? "It is sent again every few seconds until there is an answer"
          : "Book again when the network is back"}
        ; it is booked only once.
      </Text>
      <Text size="sm">Before you change it, check in the calendar that it is not booked.</Text>
      <Group mt="sm" gap="xs">
        <Button size="xs" loading={busy} onClick={onAgain}>
          Book again
        </Button>
        <Button size="xs" variant="default" disabled={busy} onClick={onChange}>
          Change the booking
        </Button>
      </Group>
    </Alert>
  );
}
