import { Anchor, Text } from "@mantine/core";
import { addDays } from "@/time";

interface NeverCountedProps {
  /** The first day of a fee, a coverage or a discount. */
  readonly from: string;
  /** Its last day, empty where it has none. */
  readonly to: string;
  readonly onChange: (to: string) => void;
}

/** Ends what was entered by mistake on the day before it begins, so that it counts on no day. */
export function NeverCounted({ from, to, onChange }: NeverCountedProps) {
  return countsNever(from, to) ? (
    <Text size="sm" role="status">
      Entered by mistake: it counts on no day once this is saved. Clear the last day to keep it.
    </Text>
  ) : (
    <Anchor component="button" type="button" size="sm" onClick={() => onChange(addDays(from, -1))}>
      Withdraw: it was entered by mistake
    </Anchor>
  );
}

/** Whether a period has no day: it ends before it begins. */
export function countsNever(from: string, to: string | null): boolean {
  return Boolean(to) && String(to) < from;
}
