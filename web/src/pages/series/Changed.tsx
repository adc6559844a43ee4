// The sessions that a change of a series did not reach, each with the reasons.

import { Alert, List, Text } from "@mantine/core";
import { inOneText } from "@/api";
import { momentInWords } from "@/time";
import type { Series, SeriesChange } from "./rule";

interface ChangedProps {
  readonly title?: string;
  readonly series: Series;
  readonly change: SeriesChange;
  readonly zone: string;
}

export function Changed({ title = "These sessions stay as they were", series, change, zone }: ChangedProps) {
  const starts = new Map(series.occurrences.map(({ id, starts_at }) => [id, starts_at]));
  const kept = change.items.filter(({ problems }) => problems.length > 0);
  return kept.length ? (
    <Alert
      role="alert"
      color="yellow"
      title={title}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <List size="sm">
        {kept.map(({ session_id, problems }) => (
          <List.Item key={session_id}>
            <Text span size="sm" fw={600} className="numbers">
              {momentInWords(starts.get(session_id) ?? series.created_at, zone)}
            </Text>
            : {inOneText(problems)}
          </List.Item>
        ))}
      </List>
    </Alert>
  ) : null;
}
