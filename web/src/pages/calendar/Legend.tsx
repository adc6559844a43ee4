import { Button, Group, Popover, Stack, Text } from "@mantine/core";
import { IconPalette } from "@tabler/icons-react";
import classes from "./Entry.module.css";
import type { EntryKind } from "./entries";

const MEANINGS: readonly (readonly [EntryKind | "off_then" | "displaced", string])[] = [
  ["booked", "Booked: drag it to move it"],
  ["taken", "Taken, the session is not known"],
  ["completed", "Completed"],
  ["no_show", "No-show"],
  ["held", "Held for a booking, with the time left"],
  ["moving", "Moving here, waiting for the room"],
  ["leaving", "Moving away, kept until then"],
  ["block", "Blocked"],
  ["off", "The therapist is away"],
  ["off_then", "A session while its therapist is away: move or cancel it"],
  ["displaced", "A session that needs another room or time: move or cancel it"],
  ["turnover", "Turnover after a session"],
  ["closed", "Closed"],
];

/** What the colours and textures mean. */
export function Legend() {
  return (
    <Popover position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <Button variant="subtle" size="compact-sm" leftSection={<IconPalette size={17} aria-hidden />}>
          Legend
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Legend">
        <Stack gap={6}>
          {MEANINGS.map(([kind, meaning]) => (
            <Group key={kind} gap="sm" wrap="nowrap">
              <span className={classes.swatch} data-kind={kind} aria-hidden />
              <Text size="sm">{meaning}</Text>
            </Group>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
