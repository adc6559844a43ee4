// What the keyboard does, and the switch for single keys.
import { Group, Kbd, Modal, Stack, Switch, Table, Text } from "@mantine/core";
import { useFocusBack, useKeySwitch } from "@/ui";
import { NAVIGATION } from "./routes";

const ELSEWHERE: readonly (readonly [string, readonly string[]])[] = [
  ["Search pages, clients and sessions", ["Ctrl", "K"]],
  ["Calendar: move between slots", ["←", "→", "↑", "↓"]],
  ["Calendar: book the slot, open or move the session", ["Enter"]],
  ["Calendar: next day, previous day, today", ["J", "K", "T"]],
  ["Form: save", ["Ctrl", "Enter"]],
  ["Close the open dialog", ["Esc"]],
  ["Show keyboard shortcuts", ["?"]],
];

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useKeySwitch();
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title="Keyboard">
      <Stack>
        <Table verticalSpacing={6}>
          <Table.Tbody>
            {NAVIGATION.map(({ key, name }) => (
              <Shortcut key={key} what={`Go to ${name}`} keys={["g", key]} />
            ))}
            {ELSEWHERE.map(([what, keys]) => (
              <Shortcut key={what} what={what} keys={keys} />
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          label="Single-key shortcuts"
          description="Turn them off if you use dictation, or if they get in your way."
          checked={on}
          onChange={(event) => setOn(event.currentTarget.checked)}
        />
      </Stack>
    </Modal>
  );
}

function Shortcut({ what, keys }: { what: string; keys: readonly string[] }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{what}</Text>
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {keys.map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
