import { Radio, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { DiscardReason } from "@/api";
import { Confirm, fieldErrors, useMissing } from "@/ui";
import type { Parked } from "./services";

const REASONS: readonly (readonly [DiscardReason, string])[] = [
  ["obsolete", "Out of date or no longer needed"],
  ["done_by_hand", "Already done by hand"],
  ["duplicate", "Duplicate"],
  ["foreign", "Not meant for this service"],
  ["unreadable", "Unreadable"],
];

interface DiscardProps {
  readonly items: readonly Parked[];
  readonly onClose: () => void;
  readonly onDiscard: (reason: DiscardReason) => Promise<void>;
}

/** Asks why messages are thrown away; there is no way back. */
export function Discard({ items, onClose, onDiscard }: DiscardProps) {
  const [reason, setReason] = useState<DiscardReason | null>(null);
  const discard = useMutation({ mutationFn: (chosen: DiscardReason) => onDiscard(chosen) });
  const { errors, send } = useMissing(
    fieldErrors(discard.error, []),
    { reason: !reason && "Choose a reason. It is logged." },
    () => reason && discard.mutate(reason),
  );

  return (
    <Confirm
      opened
      grave
      title={items.length === 1 ? "Discard the message?" : `Discard ${items.length} messages?`}
      submitLabel="Discard"
      onClose={onClose}
      onSubmit={send}
      // What is discarded leaves the list, and the dialog with it.
      busy={discard.isPending || discard.isSuccess}
      errors={errors}
    >
      <Text size="sm">
        Discarded messages are not processed and cannot be restored. The log keeps ids, types and the reason.
      </Text>
      <Radio.Group
        label="Reason"
        withAsterisk
        value={reason ?? ""}
        onChange={(value) => setReason(value as DiscardReason)}
        error={errors.at("reason")}
      >
        <Stack gap={6} my={6}>
          {REASONS.map(([value, label]) => (
            <Radio key={value} value={value} label={label} />
          ))}
        </Stack>
      </Radio.Group>
    </Confirm>
  );
}
