import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { DiscardReason } from "@/api";
import { Ask } from "@/parts";
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
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function discard(): Promise<void> {
    if (!reason) {
      setMissing(true);
      return;
    }
    setBusy(true);
    try {
      await onDiscard(reason);
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  }

  return (
    <Ask
      opened
      grave
      title={items.length === 1 ? "Discard the message?" : `Discard ${items.length} messages?`}
      doIt="Discard"
      onClose={onClose}
      onDo={() => void discard()}
      busy={busy}
      error={error}
    >
      <Text size="sm">
        Discarded messages are not processed and cannot be restored. The log keeps ids, types and the reason.
      </Text>
      <Radio.Group
        label="Reason"
        withAsterisk
        value={reason ?? ""}
        onChange={(value) => setReason(value as DiscardReason)}
        error={missing && !reason && "Choose a reason. It is logged."}
      >
        <Stack gap={6} mt={6}>
          {REASONS.map(([value, label]) => (
            <Radio key={value} value={value} label={label} />
          ))}
        </Stack>
      </Radio.Group>
    </Ask>
  );
}
