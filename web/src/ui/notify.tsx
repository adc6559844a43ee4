import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { asProblem, newKey } from "@/api";

const SHOWN_MS = 6000;
const WITH_UNDO_MS = 12_000;
const CLOSE = { "aria-label": "Dismiss" } as const;

interface Undo {
  readonly name?: string;
  readonly onClick: () => void;
  /** By which `notify.forget` takes the message away. */
  readonly id?: string;
  /** Called when it is not offered any more. */
  readonly onGone?: () => void;
}

/** Says at the edge of the screen what became of something. */
export const notify = {
  /** It is done; where it can be taken back, with a button for that. */
  done(message: string, undo?: Undo): void {
    const id = undo?.id ?? newKey();
    notifications.show({
      id,
      color: "green",
      closeButtonProps: CLOSE,
      ...(undo?.onGone ? { onClose: undo.onGone } : {}),
      autoClose: undo ? WITH_UNDO_MS : SHOWN_MS,
      message: undo ? (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{message}</Text>
          <Button
            size="compact-sm"
            variant="default"
            flex="none"
            onClick={() => {
              notifications.hide(id);
              undo.onClick();
            }}
          >
            {undo.name ?? "Undo"}
          </Button>
        </Group>
      ) : (
        message
      ),
    });
  },

  /** A message does not hold any more. */
  forget(id: string): void {
    notifications.hide(id);
  },

  /** It is not done, and why. */
  problem(error: unknown, what?: string): void {
    const { title, detail } = asProblem(error);
    notifications.show({
      color: "red",
      title: what ?? title,
      message: detail,
      autoClose: WITH_UNDO_MS,
      closeButtonProps: CLOSE,
    });
  },

  /** Something to know. */
  note(message: string): void {
    notifications.show({ message, autoClose: SHOWN_MS, closeButtonProps: CLOSE });
  },
};
