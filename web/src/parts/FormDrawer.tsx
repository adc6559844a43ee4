import { Alert, Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Told } from "./beside";
import classes from "./FormDrawer.module.css";
import { ProblemNotice } from "./ProblemNotice";
import { leadsToUnread } from "./unread";
import { useFocusBack } from "./useFocusBack";

interface FormDrawerProps {
  readonly title: string;
  readonly onClose: () => void;
  /** What the button says that does it. */
  readonly doIt: string;
  readonly onDo: () => void;
  /** What the other button says, where Cancel could be taken for what the form does; null where there is nothing left to leave undone. */
  readonly dismiss?: string | null;
  readonly busy?: boolean;
  /** Whether it ends something that cannot simply be had again. */
  readonly grave?: boolean;
  /** Whether there is nothing to do yet. */
  readonly disabled?: boolean;
  /** Whether closing would lose something; where it is left out, whether anything was typed. */
  readonly dirty?: boolean;
  readonly told?: Told;
  readonly children: ReactNode;
}

/** A form at the side of the page: Ctrl+Enter sends it, what is wrong stands beside its field, and nothing written is lost by a slip. */
export function FormDrawer(props: FormDrawerProps) {
  const { title, onClose, doIt, onDo, dismiss = "Cancel", busy, grave, disabled, told, children } = props;
  const [typed, setTyped] = useState(false);
  const dirty = props.dirty ?? typed;
  const [leaving, setLeaving] = useState(false);
  useFocusBack();
  const form = useRef<HTMLFormElement>(null);
  const wrong = told?.wrong ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new refusal leads to its first field
  useEffect(() => {
    if (wrong > 0) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [told?.refusal]);

  const close = () => (dirty && !leaving ? setLeaving(true) : onClose());
  return (
    <Drawer
      opened
      onClose={close}
      title={title}
      position="right"
      size="min(100vw, 620px)"
      closeOnClickOutside={!dirty}
      classNames={{ title: classes.title ?? "" }}
    >
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // Ctrl+Enter submits whether or not the button could be clicked.
          if (!busy && !disabled && !leadsToUnread(form.current)) {
            onDo();
          }
        }}
        // Who goes on after the warning is warned again.
        onChange={() => {
          setLeaving(false);
          setTyped(true);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            // After the field has taken what was typed, such as a code that Enter completes.
            window.setTimeout(() => form.current?.requestSubmit());
          }
        }}
      >
        <Stack gap="md">
          {children}
          {told?.rest && <ProblemNotice error={told.rest} />}
          <Stack gap="xs" className={classes.footer ?? ""}>
            {wrong > 0 && (
              <Text role="alert" size="sm" c="var(--mantine-color-error)">
                Not saved: {wrong === 1 ? "one field needs" : `${wrong} fields need`} to be corrected.
              </Text>
            )}
            {leaving && (
              <Alert role="alert" color="yellow" styles={{ message: { color: "var(--mantine-color-text)" } }}>
                Your changes are not saved.
              </Alert>
            )}
            <Group justify="flex-end">
              {dismiss !== null && (
                <Button variant="default" onClick={leaving ? onClose : close}>
                  {leaving ? "Discard changes" : dismiss}
                </Button>
              )}
              <Button
                type="submit"
                loading={busy ?? false}
                disabled={disabled ?? false}
                {...(grave ? { color: "red.9" } : {})}
              >
                {doIt}
              </Button>
            </Group>
          </Stack>
        </Stack>
      </form>
    </Drawer>
  );
}
