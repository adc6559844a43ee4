import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemNotice } from "./ProblemNotice";
import { leadsToUnread } from "./unread";
import { useFocusBack } from "./useFocusBack";

interface AskProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What the button says that does it. */
  readonly doIt: string;
  readonly onDo: () => void;
  /** The label of the button that closes the dialog; by default Cancel. */
  readonly dismiss?: string;
  readonly busy?: boolean;
  readonly grave?: boolean;
  readonly error?: unknown;
  readonly children?: ReactNode;
}

/** Asks before something is done, with what is needed for it; what goes wrong is said in it. */
export function Ask({
  title,
  opened,
  onClose,
  doIt,
  onDo,
  dismiss = "Cancel",
  busy = false,
  grave = false,
  error,
  children,
}: AskProps) {
  useFocusBack();
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && !leadsToUnread(event.currentTarget)) {
            onDo();
          }
        }}
      >
        <Stack gap="md">
          {children}
          {error ? <ProblemNotice error={error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {dismiss}
            </Button>
            <Button type="submit" loading={busy} {...(grave ? { color: "red.9" } : {})}>
              {doIt}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
