import { Alert, Button, Checkbox, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { Booked } from "@/api";
import { SessionList } from "@/features/sessions/SessionList";
import { type Affected, countInWords } from "./refusals";

interface AffectedSessionsProps {
  readonly affected: Affected;
  readonly zone: string;
  /** What it means for their people when it is done all the same. */
  readonly warning: string;
  /** The label of the button that does it all the same. */
  readonly force: string;
  readonly onForce: () => void;
  readonly busy: boolean;
  /** A further column. */
  readonly also?: readonly [title: string, cell: (session: Booked) => ReactNode];
}

/** The sessions that would lose their place, and, behind a warning, how to do it all the same. */
export function AffectedSessions({ affected, zone, warning, force, onForce, busy, also }: AffectedSessionsProps) {
  const [isMeant, setMeant] = useState(false);
  const { sessions, count } = affected;
  return (
    <Alert
      role="alert"
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      title={`${countInWords(count)} ${count === 1 ? "is" : "are"} affected. Nothing is changed yet`}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Stack gap="sm">
        <SessionList
          name="Affected sessions"
          sessions={sessions}
          count={count}
          zone={zone}
          {...(also ? { also } : {})}
        />
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
