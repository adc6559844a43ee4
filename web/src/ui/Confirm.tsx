import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { Form } from "./Form";
import type { FieldErrors } from "./fieldErrors";
import { ProblemNotice } from "./ProblemNotice";
import { useFocusBack } from "./useFocusBack";

interface ConfirmProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The label of the button that does it. */
  readonly submitLabel: string;
  readonly onSubmit: () => void;
  /** The label of the button that closes the dialog; by default Cancel. */
  readonly dismiss?: string;
  readonly busy?: boolean;
  /** What has to be known before it can be done, such as `Looking up the fee…`; the button shows it in place of its label. */
  readonly waitsFor?: string | undefined;
  readonly grave?: boolean;
  readonly errors?: FieldErrors;
  readonly children?: ReactNode;
}

/** Lets somebody confirm before something is done, with what is needed for it; what is wrong stands beside its field, or below all of them. */
export function Confirm({
  title,
  opened,
  onClose,
  submitLabel,
  onSubmit,
  dismiss = "Cancel",
  busy = false,
  waitsFor,
  grave = false,
  errors,
  children,
}: ConfirmProps) {
  useFocusBack();
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Form onSubmit={onSubmit} disabled={busy || Boolean(waitsFor)} errors={errors}>
        <Stack gap="md">
          {children}
          {errors?.rest && <ProblemNotice error={errors.rest} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {dismiss}
            </Button>
            <Button type="submit" loading={busy} disabled={Boolean(waitsFor)} {...(grave ? { color: "red.9" } : {})}>
              {waitsFor ?? submitLabel}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Modal>
  );
}
