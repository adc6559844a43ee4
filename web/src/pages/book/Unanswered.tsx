import { Alert, Button, Group, Text } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { unansweredInWords } from "./unanswered";

interface UnansweredProps {
  readonly error: unknown;
  readonly sentAgain: boolean;
  readonly busy: boolean;
  readonly onAgain: () => void;
  readonly onChange: () => void;
}

/** A booking that was sent and not answered: it is not known yet whether it is booked. */
export function Unanswered({ error, sentAgain, busy, onAgain, onChange }: UnansweredProps) {
  const { online } = useNetwork();
  const words = unansweredInWords(error, sentAgain, !online);
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
      title={words.title}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Text size="sm">{words.detail}</Text>
      <Text size="sm">{words.beforeChange}</Text>
      <Group mt="sm" gap="xs">
        <Button size="xs" loading={busy} onClick={onAgain}>
          Send again now
        </Button>
        <Button size="xs" variant="default" disabled={busy} onClick={onChange}>
          Change the booking
        </Button>
      </Group>
    </Alert>
  );
}
