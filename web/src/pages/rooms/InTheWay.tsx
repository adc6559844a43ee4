import { Alert, Button, Checkbox, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import type { Booked } from "@/api";
import { SessionList } from "@/sessions/SessionList";
import { countInWords } from "./refusals";

interface InTheWayProps {
  readonly sessions: readonly Booked[];
  readonly zone: string;
  /** What it means for their people when it is done all the same. */
  readonly warning: string;
  /** What the button says that does it all the same. */
  readonly force: string;
  readonly onForce: () => void;
  readonly busy: boolean;
}

/** The sessions that would lose their place, and, behind a warning, how to do it all the same. */
export function InTheWay({ sessions, zone, warning, force, onForce, busy }: InTheWayProps) {
  const [isMeant, setMeant] = useState(false);
  return (
    <Alert
      role="alert"
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      title={`${countInWords(sessions.length)} ${sessions.length === 1 ? "is" : "are"} affected. Nothing is changed yet`}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Stack gap="sm">
        <SessionList name="Affected sessions" sessions={sessions} zone={zone} />
        <Text size="sm">{warning}</Text>
        <Checkbox
          label="I will take care of these sessions"
          checked={isMeant}
          onChange={(event) => setMeant(event.currentTarget.checked)}
        />
        <Button color="red.9" onClick={onForce} disabled={!isMeant} loading={busy} style={{ alignSelf: "flex-start" }}>
          {force}
        </Button>
      </Stack>
    </Alert>
  );
}
