// The keyboard: `g` and a letter goes somewhere, `?` shows this. Both can be switched off, for who dictates or types blind.
import { Group, Kbd, Modal, Stack, Switch, Table, Text } from "@mantine/core";
import { useEffect } from "react";
import { useNavigate } from "react-router";
import { isTyping, useKeySwitch } from "@/parts";
import { NAVIGATION } from "@/routes";
import { useAt } from "@/site";

const SEQUENCE_MS = 1200;

/** Listens to the shortcuts wherever nobody is typing. */
export function useShortcuts(help: () => void): void {
  const [on] = useKeySwitch();
  const navigate = useNavigate();
  const at = useAt();

  useEffect(() => {
    let goes = 0;
    function press(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
        return;
      }
      if (event.key === "?") {
        help();
      } else if (Date.now() - goes < SEQUENCE_MS) {
        const page = NAVIGATION.find(({ key }) => key === event.key);
        if (page) {
          event.preventDefault();
          void navigate(at(`/${page.path}`));
        }
        goes = 0;
      } else if (event.key === "g") {
        goes = Date.now();
      }
    }
    if (!on) {
      return;
    }
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [on, help, navigate, at]);
}

const ELSEWHERE: readonly (readonly [string, readonly string[]])[] = [
  ["Search pages, clients and sessions", ["Ctrl", "K"]],
  ["Calendar: move between slots", ["←", "→", "↑", "↓"]],
  ["Calendar: book the slot, open or move the session", ["Enter"]],
  ["Calendar: next day, previous day, today", ["J", "K", "T"]],
  ["Form: save", ["Ctrl", "Enter"]],
  ["Close the open dialog", ["Esc"]],
  ["Show keyboard shortcuts", ["?"]],
];

export function KeyboardHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [on, setOn] = useKeySwitch();
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard">
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
