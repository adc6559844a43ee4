import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";
import { clockInWords, conventionsHere, typedTime } from "@/time";

interface TimeFieldProps extends Omit<TextInputProps, "value" | "onChange" | "type"> {
  /** `HH:mm`, or nothing. */
  readonly value: string;
  /** Called with `HH:mm` whenever what is typed is a time, and with nothing while it is none. */
  readonly onChange: (time: string) => void;
}

/** A time of day, typed as people do (`9`, `930`, `2:30 pm`, `14:30`) and shown as it is written at the site. */
export function TimeField({ value, onChange, onBlur, ...props }: TimeFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  // A time that was set meanwhile, by a suggestion for example, is shown in place of what was typed before it.
  const isOwn = typed !== null && (typedTime(typed) ?? "") === value;
  return (
    <TextInput
      {...props}
      autoComplete="off"
      placeholder={conventionsHere().twelveHours ? "2:30 PM" : "14:30"}
      value={isOwn ? typed : value && clockInWords(value)}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(typedTime(event.currentTarget.value) ?? "");
      }}
      onBlur={(event) => {
        // What is no time stays to be corrected.
        if (typed === null || typedTime(typed) !== null) {
          setTyped(null);
        }
        onBlur?.(event);
      }}
    />
  );
}
