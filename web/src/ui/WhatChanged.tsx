import { Alert, Button, Group, List, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import type { Editing } from "./editing";

interface WhatChangedProps<Values> {
  readonly editing: Editing<Values>;
  /** What a field is called. */
  readonly names: Readonly<Record<keyof Values & string, string>>;
  /** A field's value in words. */
  readonly words: (field: keyof Values & string, value: unknown) => string;
}

/** Says what somebody else changed while I was editing, and offers to take it. */
export function WhatChanged<Values>({ editing, names, words }: WhatChangedProps<Values>) {
  if (editing.theirs.length === 0) {
    return null;
  }
  return (
    <Alert
      role="alert"
      color="yellow"
      icon={<IconUsers aria-hidden />}
      title="Somebody changed this while you were editing"
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <List size="sm" spacing={4}>
        {editing.theirs.map(({ field, before, now, ...difference }) => (
          <List.Item key={field}>
            <Text span size="sm" fw={600}>
              {names[field]}
            </Text>
            : {words(field, before)} → {words(field, now)}
            {"mine" in difference && ` (your change to ${words(field, difference.mine)} is kept)`}
          </List.Item>
        ))}
      </List>
      <Group gap="xs" mt="sm">
        <Button size="xs" onClick={editing.takeTheirs}>
          Keep both: theirs and mine
        </Button>
        <Button size="xs" variant="default" onClick={editing.startOver}>
          Discard my changes
        </Button>
      </Group>
    </Alert>
  );
}
