import { Button, Group, Text } from "@mantine/core";
import { type NotificationData, notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { asProblem, newKey } from "@/api";

const SHOWN_MS = 6000;
const WITH_UNDO_MS = 12_000;
const CLOSE = { "aria-label": "Dismiss" } as const;

interface Options {
  /** Of what it is the state: the message before about the same thing does not hold any more, and goes. */
  readonly about?: string;
  /** By which `notify.forget` takes the message away. */
  readonly id?: string;
  /** Called when it is not shown any more. */
  readonly onGone?: () => void;
}

interface Undo extends Options {
  readonly name?: string;
  /** Whether it is shown until it is dismissed, because something else has to be done first. */
  readonly stays?: boolean;
  /** Whether it tells that something was not done. */
  readonly isRefused?: boolean;
  readonly onClick: () => void;
}

/** The last message about each thing that messages are about. */
const latest = new Map<string, string>();

function show({ about, id = newKey(), onGone }: Options, shown: Omit<NotificationData, "id" | "onClose">): void {
  const before = about && latest.get(about);
  if (before) {
    notifications.hide(before);
  }
  if (about) {
    latest.set(about, id);
  }
  notifications.show({
    ...shown,
    id,
    closeButtonProps: CLOSE,
    onClose: () => {
      if (about && latest.get(about) === id) {
        latest.delete(about);
      }
      onGone?.();
    },
  });
}

/** Says at the edge of the screen what became of something. */
export const notify = {
  /** It is done; where it can be taken back, with a button for that. */
  done(message: ReactNode, options: Options | Undo = {}): void {
    const id = options.id ?? newKey();
    const undo = "onClick" in options ? options : null;
    show(
      { ...options, id },
      {
        color: undo?.isRefused ? "yellow" : "green",
        autoClose: undo?.stays ? false : undo ? WITH_UNDO_MS : SHOWN_MS,
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
      },
    );
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
  note(message: string, options: Options = {}): void {
    show(options, { message, autoClose: SHOWN_MS });
  },
};
