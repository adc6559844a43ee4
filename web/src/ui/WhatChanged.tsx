import { Alert, Button, Group, List, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useContext, useEffect, useRef } from "react";
import { Conflict } from "./conflict";
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
  const { refused, report } = useContext(Conflict);
  const notice = useRef<HTMLDivElement>(null);
  const stands = editing.theirs.length > 0;
  useEffect(() => report(stands), [report, stands]);
  useEffect(() => {
    if (stands && refused > 0) {
      notice.current?.focus();
    }
  }, [stands, refused]);
  if (!stands) {
    return null;
  }
  return (
    <Alert
      ref={notice}
      tabIndex={-1}
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
