import { CloseButton, TextInput, type TextInputProps } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";

interface SearchFieldProps extends Omit<TextInputProps, "value" | "onChange" | "leftSection" | "rightSection"> {
  readonly value: string;
  readonly onChange: (words: string) => void;
  /** What the arrow down leads to, as from a search into what was found. */
  readonly onDown?: () => void;
}

/** The field of a search, which a button empties. */
export function SearchField({ value, onChange, onDown, ...props }: SearchFieldProps) {
  return (
    <TextInput
      maxLength={100}
      {...props}
      leftSection={<IconSearch size={17} aria-hidden />}
      rightSection={value && <CloseButton size="sm" aria-label="Clear the search" onClick={() => onChange("")} />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (onDown && event.key === "ArrowDown") {
          event.preventDefault();
          onDown();
        }
      }}
    />
  );
}
