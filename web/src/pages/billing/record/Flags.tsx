import { Alert, Stack, Text } from "@mantine/core";
import { IconFlag } from "@tabler/icons-react";
import type { Flag } from "../labels";

/** What a human should know about a record, and what to do about it. */
export function Flags({ flags }: { flags: readonly Flag[] }) {
  return (
    <Stack gap="xs">
      {flags.map(({ code, severity, message, suggestion }) => (
        <Alert
          key={`${code} ${message}`}
          color={severity === "error" ? "red" : "yellow"}
          icon={<IconFlag aria-hidden />}
          title={message}
          styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
        >
          <Text size="sm">{suggestion}</Text>
        </Alert>
      ))}
    </Stack>
  );
}
