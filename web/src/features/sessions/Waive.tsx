import { Checkbox, TextInput } from "@mantine/core";

const LONGEST_REASON = 400;

interface WaiveProps {
  /** Why the fee is waived; null while it is charged. */
  readonly reason: string | null;
  readonly onChange: (reason: string | null) => void;
  readonly error: string | undefined;
}

/** Does not charge a fee, with the reason. */
export function Waive({ reason, onChange, error }: WaiveProps) {
  return (
    <>
      <Checkbox
        label="Waive the fee"
        checked={reason !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? "" : null)}
      />
      {reason !== null && (
        <TextInput
          label="Reason for waiving the fee"
          description="Kept with the session."
          withAsterisk
          autoComplete="off"
          maxLength={LONGEST_REASON}
          value={reason}
          onChange={(event) => onChange(event.currentTarget.value)}
          error={error}
        />
      )}
    </>
  );
}
