import { TextInput, type TextInputProps } from "@mantine/core";
import { useRef, useState } from "react";
import { durationInWords, typedMinutes } from "@/time";
import { useUnread } from "./unread";

interface MinutesFieldProps extends Omit<TextInputProps, "value" | "onChange" | "type" | "ref"> {
  readonly value: number | null;
  /** Called with the minutes whenever what is typed is a duration, and with null while it is none. */
  readonly onChange: (minutes: number | null) => void;
  readonly most?: number;
}

/** A duration, typed as people do (`90`, `1h30`, `1:30`, `1.5 h`) and shown in minutes; what cannot be read stays, with what would work. */
export function MinutesField({ value, onChange, most, error, onBlur, ...props }: MinutesFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [isLeft, setLeft] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const read = (text: string) => {
    const minutes = typedMinutes(text);
    return minutes !== null && minutes <= (most ?? minutes) ? minutes : null;
  };
  // Minutes that were set meanwhile are shown in place of what was typed before them.
  const own = typed !== null && read(typed) === value ? typed : null;
  const unread = own?.trim() && value === null ? reasonAgainst(own, most) : null;
  useUnread(field, unread);

  return (
    <TextInput
      {...props}
      ref={field}
      autoComplete="off"
      value={own ?? (value === null ? "" : `${value} min`)}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => {
        setLeft(false);
        setTyped(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
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

/** What is wrong with a text that is no duration here, and what would work. */
function reasonAgainst(text: string, most: number | undefined): string {
  return typedMinutes(text) !== null && most !== undefined
    ? `Enter at most ${durationInWords(most)}.`
    : "Enter minutes or hours, such as 90 or 1 h 30 min.";
}
