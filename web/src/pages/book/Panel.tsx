import { Group, Loader, Paper, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PanelProps {
  readonly title: string;
  /** Whether what it shows is being requested again. */
  readonly busy?: boolean;
  /** Whether what it shows is the answer to what the form stated before. */
  readonly outdated?: boolean;
  readonly children: ReactNode;
}

/** A part of the answer to the form, such as the price. */
export function Panel({ title, busy = false, outdated = false, children }: PanelProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} fz={16}>
            {title}
          </Title>
          {busy && <Loader size={16} aria-label="Checking" />}
        </Group>
        <Stack gap="sm" aria-busy={outdated} {...(outdated ? { opacity: 0.35 } : {})}>
          {children}
        </Stack>
      </Stack>
    </Paper>
  );
}
