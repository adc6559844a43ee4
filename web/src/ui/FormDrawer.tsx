import { Alert, Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { discardSends } from "@/api";
import { ConfirmLeaving } from "./ConfirmLeaving";
import { Conflict } from "./conflict";
import { Form } from "./Form";
import classes from "./FormDrawer.module.css";
import type { FieldErrors } from "./fieldErrors";
import { ProblemNotice } from "./ProblemNotice";
import { useFocusBack } from "./useFocusBack";

interface FormDrawerProps {
  readonly title: string;
  readonly onClose: () => void;
  /** The label of the button that does it; null while what is shown in the form has the only way on. */
  readonly submitLabel: string | null;
  readonly onSubmit: () => void;
  /** The label of the other button, where Cancel could be taken for what the form does; null where there is nothing left to leave undone. */
  readonly dismiss?: string | null;
  readonly busy?: boolean;
  /** Whether it ends something that cannot simply be had again. */
  readonly grave?: boolean;
  /** Whether there is nothing to do yet. */
  readonly disabled?: boolean;
  /** Whether closing would lose something; where it is left out, whether anything was typed. */
  readonly dirty?: boolean;
  readonly errors?: FieldErrors;
  readonly children: ReactNode;
}

/** A form at the side of the page: Ctrl+Enter sends it, what is wrong stands beside its field, and nothing written is lost by a slip. */
export function FormDrawer(props: FormDrawerProps) {
  const { title, onClose, submitLabel, onSubmit, dismiss = "Cancel", busy, grave, disabled, errors, children } = props;
  const [typed, setTyped] = useState(false);
  const dirty = props.dirty ?? typed;
  const [leaving, setLeaving] = useState(false);
  useFocusBack();
  const wrong = errors?.wrong ?? 0;
  const [opened] = useState(Date.now);
  const isSent = useRef(false);
  const isRefused = !busy && (wrong > 0 || Boolean(errors?.rest));
  useEffect(() => {
    if (isRefused) {
      isSent.current = false;
    }
  }, [isRefused]);

  const [sends, setSends] = useState(0);
  const [inConflict, setInConflict] = useState(false);
  const refused = busy ? 0 : sends;
  const report = useCallback((stands: boolean) => {
    setInConflict(stands);
    if (!stands) {
      setSends(0);
    }
  }, []);
  const conflict = useMemo(() => ({ refused, report }), [refused, report]);

  const discard = () => {
    discardSends(opened);
    onClose();
  };
  const close = () => (dirty && !leaving ? setLeaving(true) : discard());
  return (
    <>
      <Drawer
        opened
        onClose={close}
        title={title}
        position="right"
        size="min(100vw, 620px)"
        closeOnClickOutside={!dirty}
        classNames={{ title: classes.title ?? "" }}
      >
        <Form
          onSubmit={() => {
            isSent.current = true;
            setSends((before) => before + 1);
            onSubmit();
          }}
          disabled={Boolean(busy || disabled || submitLabel === null)}
          errors={errors}
          // Who goes on after the warning is warned again.
          onChange={() => {
            setLeaving(false);
            setTyped(true);
            setSends(0);
            isSent.current = false;
          }}
        >
          <Stack gap="md">
            <Conflict value={conflict}>{children}</Conflict>
            {errors?.rest && <ProblemNotice error={errors.rest} />}
            <Stack gap="xs" className={classes.footer ?? ""}>
              {wrong > 0 && (
                <Text role="alert" size="sm" c="var(--mantine-color-error)">
                  Not saved: {wrong === 1 ? "one field needs" : `${wrong} fields need`} to be corrected.
                </Text>
              )}
              {inConflict && refused > 0 && (
                <Text role="alert" size="sm" c="var(--mantine-color-error)">
                  Not saved: somebody else changed this meanwhile. Choose above what becomes of both changes.
                </Text>
              )}
              {leaving && (
                <Alert role="alert" color="yellow" styles={{ message: { color: "var(--mantine-color-text)" } }}>
                  Your changes are not saved.
                </Alert>
              )}
              <Group justify="flex-end">
                {dismiss !== null && (
                  <Button variant="default" onClick={close}>
                    {leaving ? "Discard changes" : dismiss}
                  </Button>
                )}
                {submitLabel !== null && (
                  <Button
                    type="submit"
                    loading={busy ?? false}
                    disabled={disabled ?? false}
                    {...(grave ? { color: "red.9" } : {})}
                  >
                    {submitLabel}
                  </Button>
                )}
              </Group>
            </Stack>
          </Stack>
        </Form>
      </Drawer>
      <ConfirmLeaving when={dirty && !busy} isSent={isSent}>
        Your changes are not saved.
      </ConfirmLeaving>
    </>
  );
}
