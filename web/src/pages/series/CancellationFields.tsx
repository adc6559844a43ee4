// Who cancels sessions of a series, why, and whether a fee is waived.
import { NativeSelect } from "@mantine/core";
import { CAUSES, causeOf } from "@/features/sessions/causes";
import type { Cause } from "@/features/sessions/steps";
import { Waive } from "@/features/sessions/Waive";
import { type FieldErrors, ReasonField } from "@/ui";

export interface Cancellation {
  readonly reason: string;
  readonly cause: Cause;
  /** Why the fee is waived; null where it is charged. */
  readonly waiver: string | null;
}

export const NO_CANCELLATION: Cancellation = { reason: "", cause: "client", waiver: null };

const LONGEST_REASON = 500;

interface CancellationFieldsProps {
  readonly cancellation: Cancellation;
  readonly onChange: (cancellation: Cancellation) => void;
  /** Usual reasons, each with who or what causes it. */
  readonly usual: readonly (readonly [string, Cause])[];
  readonly errors: FieldErrors;
  readonly hasFocus?: boolean;
}

export function CancellationFields({ cancellation, onChange, usual, errors, hasFocus }: CancellationFieldsProps) {
  return (
    <>
      <NativeSelect
        label="Cancelled by"
        description="Only a client's own late cancellation is charged."
        data={CAUSES.map((one) => ({ ...one }))}
        value={cancellation.cause}
        onChange={(event) => onChange({ ...cancellation, cause: causeOf(event.currentTarget.value) })}
      />
      <ReasonField
        {...(hasFocus ? { "data-autofocus": true } : {})}
        common={usual.map(([reason]) => reason)}
        onPick={(reason) =>
          onChange({ ...cancellation, reason, cause: usual.find(([one]) => one === reason)?.[1] ?? "client" })
        }
        maxLength={LONGEST_REASON}
        value={cancellation.reason}
        onChange={(reason) => onChange({ ...cancellation, reason })}
        error={errors.at("reason")}
      />
      {cancellation.cause === "client" && (
        <Waive
          reason={cancellation.waiver}
          onChange={(waiver) => onChange({ ...cancellation, waiver })}
          error={errors.at("waiver")}
        />
      )}
    </>
  );
}

/** What a cancellation lacks, by field. */
export function lackingOf({ reason, cause, waiver }: Cancellation): Readonly<Record<string, string | false>> {
  return {
    reason: !reason.trim() && "Enter a reason.",
    waiver: cause === "client" && waiver?.trim() === "" && "Enter a reason.",
  };
}

/** A cancellation as it is sent. */
export function sentOf({ reason, cause, waiver }: Cancellation) {
  const waived = cause === "client" ? waiver : null;
  return { reason: reason.trim(), cause, ...(waived === null ? {} : { waiver: { reason: waived.trim() } }) };
}
