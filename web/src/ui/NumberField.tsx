import { TextInput, type TextInputProps } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { useUnread } from "./unread";
import { wholeNumber } from "./wholeNumber";

interface NumberFieldProps extends Omit<TextInputProps, "value" | "onChange" | "type" | "ref"> {
  readonly value: number | null;
  /** Called with the number whenever what is typed is one that is taken, and with null while it is not. */
  readonly onChange: (number: number | null) => void;
  /** Called when the field begins and ceases to have a text that cannot be read. */
  readonly onUnread?: (isUnread: boolean) => void;
  readonly least?: number;
  readonly most: number;
  /** Whether it can be emptied. */
  readonly clearable?: boolean;
}

interface Typed {
  readonly text: string;
  /** The number of the field when the text was typed. */
  readonly before: number | null;
  readonly number: number | null;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1 };

/** A whole number; a text that is none, or is too small or too large, stays as it was typed, with what would work. */
export function NumberField({
  value,
  onChange,
  onUnread,
  least = 1,
  most,
  clearable = false,
  error,
  onBlur,
  onKeyDown,
  ...props
}: NumberFieldProps) {
  const [typed, setTyped] = useState<Typed | null>(null);
  const [isLeft, setLeft] = useState(true);
  const field = useRef<HTMLInputElement>(null);
  // A number that was set meanwhile takes the place of the text.
  const own = typed && (value === typed.before || value === typed.number) ? typed.text : null;
  const text = own ?? (value === null ? "" : String(value));
  const read = (some: string) => {
    const number = wholeNumber(some);
    return number !== null && number >= least && number <= most ? number : null;
  };
  // An empty field is named as missing by its form until somebody empties it.
  const isEmpty = text.trim() === "" && (clearable || own === null);
  const unread = isEmpty || read(text) !== null ? null : `Enter a whole number from ${least} to ${most}.`;
  useUnread(field, unread, onUnread);

  function type(some: string): void {
    const number = read(some);
    setTyped({ text: some, before: value, number });
    onChange(number);
  }

  function step(event: KeyboardEvent): void {
    const by = STEPS[event.key];
    const next = by === undefined ? null : read(String((wholeNumber(text) ?? least - 1) + by));
    if (next !== null && !props.disabled) {
      event.preventDefault();
      type(String(next));
    }
  }

  return (
    <TextInput
      {...props}
      ref={field}
      inputMode="numeric"
      autoComplete="off"
      value={text}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => {
        setLeft(false);
        type(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        step(event);
        if (event.key === "Enter") {
          setLeft(true);
        }
        onKeyDown?.(event);
      }}
      onBlur={(event) => {
        setLeft(true);
        if (!unread) {
          setTyped(null);
        }
        onBlur?.(event);
      }}
      onInvalid={() => setLeft(true)}
      error={unread ? isLeft && unread : error}
    />
  );
}
