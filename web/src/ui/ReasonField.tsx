import { Button, Group, Stack, TextInput, type TextInputProps } from "@mantine/core";

interface ReasonFieldProps extends Omit<TextInputProps, "value" | "onChange"> {
  readonly value: string;
  readonly onChange: (reason: string) => void;
  /** What is entered most often; one click enters it. */
  readonly common: readonly string[];
  /** What a click on one of them does besides. */
  readonly onPick?: (reason: string) => void;
}

/** A reason in free words, with the usual ones below the field: a list over the form would cover its buttons. */
export function ReasonField({ value, onChange, common, onPick, ...field }: ReasonFieldProps) {
  return (
    <Stack gap="xs">
      <TextInput
        label="Reason"
        withAsterisk
        autoComplete="off"
        {...field}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Group gap={6} role="group" aria-label="Common reasons">
        {common.map((usual) => (
          <Button
            key={usual}
            size="compact-sm"
            variant="default"
            onClick={() => {
              onChange(usual);
              onPick?.(usual);
            }}
          >
            {usual}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
