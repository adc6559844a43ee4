import { Group, Loader, Paper, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  /** Whether what it shows is being asked for again. */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** One question and its answer, beside the form. */
export function Panel({ title, aside, busy = false, children }: PanelProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} fz={16}>
            {title}
          </Title>
          {busy ? <Loader size={16} aria-label="Checking" /> : aside}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
