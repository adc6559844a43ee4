import { TextInput, type TextInputProps } from "@mantine/core";
import { amountError, typedAmount } from "@/money/typed";

interface AmountInputProps extends Omit<TextInputProps, "value" | "onChange"> {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** An amount as people type it, written with its cents once they leave the field. */
export function AmountInput({ value, onChange, error, ...props }: AmountInputProps) {
  return (
    <TextInput
      inputMode="decimal"
      leftSection="$"
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      // What is prefilled is typed over.
      onFocus={(event) => event.currentTarget.select()}
      onBlur={() => onChange(typedAmount(value) ?? value)}
      error={amountError(value, error)}
      {...props}
    />
  );
}
