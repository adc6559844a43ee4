import { Anchor, Stack, Text } from "@mantine/core";
import { addDays } from "@/time";
import { DayField } from "@/ui";

interface LastDayFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** The first day of a fee, a coverage or a discount. */
  readonly from: string;
  /** Its last day, empty where it has none. */
  readonly to: string;
  readonly onChange: (to: string) => void;
  readonly error: string | undefined;
}

/** The last day of something; a day before the first one withdraws what was entered by mistake, so that it counts on no day. */
export function LastDayField({ label, placeholder, from, to, onChange, error }: LastDayFieldProps) {
  return (
    <>
      <DayField
        near="nearest"
        label={label}
        placeholder={placeholder}
        clearable
        value={to || null}
        onChange={(day) => onChange(day ?? "")}
        error={error}
      />
      {countsNever(from, to) ? (
        <Text size="sm" role="status">
          Entered by mistake: it counts on no day once this is saved. Clear the last day to keep it.
        </Text>
      ) : (
        <Stack gap={2} align="flex-start">
          <Anchor component="button" type="button" size="sm" onClick={() => onChange(addDays(from, -1))}>
            Withdraw: it was entered by mistake
          </Anchor>
          <Text size="xs" c="dimmed">
            It then counts on no day; records made with it that are not claimed are priced again.
          </Text>
        </Stack>
      )}
    </>
  );
}

/** Whether a period has no day: it ends before it begins. */
export function countsNever(from: string, to: string | null): boolean {
  return Boolean(to) && String(to) < from;
}
