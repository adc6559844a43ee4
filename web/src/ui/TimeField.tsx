import { TextInput, type TextInputProps } from "@mantine/core";
import { useRef, useState } from "react";
import { clockInWords, conventionsHere, timeAfterDay, typedHere, typedTime } from "@/time";
import { keepsFromSending } from "./keys";
import { useUnread } from "./unread";

interface TimeFieldProps extends Omit<TextInputProps, "value" | "onChange" | "type" | "ref"> {
  /** `HH:mm`, or nothing. */
  readonly value: string;
  /** Called with `HH:mm` whenever what is typed is a time, and with nothing while it is none. */
  readonly onChange: (time: string) => void;
}

/** A time of day, typed as people do (`9`, `930`, `2:30 pm`, `14:30`), taken over by Enter and shown as it is written at the site. */
export function TimeField({ value, onChange, onBlur, onKeyDown, error, ...props }: TimeFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [isLeft, setLeft] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // A time that was set meanwhile, by a suggestion for example, is shown in place of what was typed before it.
  const isOwn = typed !== null && (typedTime(typed) ?? "") === value;
  const example = conventionsHere().twelveHours ? "2:30 PM" : "14:30";
  const unread = isOwn && typed.trim() !== "" && value === "" ? reasonAgainst(typed, example) : null;
  useUnread(field, unread);

  /** Show what was typed as the time that it means; what is no time stays to be corrected. */
  function takeOver(): void {
    setLeft(true);
    if (typed === null || typedTime(typed) !== null) {
      setTyped(null);
    }
  }

  return (
    <TextInput
      {...props}
      ref={field}
      autoComplete="off"
      placeholder={example}
      value={isOwn ? typed : value && clockInWords(value)}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => {
        setLeft(false);
        setTyped(event.currentTarget.value);
        onChange(typedTime(event.currentTarget.value) ?? "");
      }}
      onBlur={(event) => {
        takeOver();
        onBlur?.(event);
      }}
      onKeyDown={(event) => {
        if (keepsFromSending(event)) {
          takeOver();
        }
        onKeyDown?.(event);
      }}
      onInvalid={() => setLeft(true)}
      error={unread ? isLeft && unread : error}
    />
  );
}

/** What is wrong with a text that is no time, and what would work. */
function reasonAgainst(typed: string, example: string): string {
  const time = timeAfterDay(typed);
  return time !== null && typedHere(typed.slice(0, -time.length)) !== null
    ? `Enter only the time, such as ${time}; the day has its own field.`
    : `Enter a time, such as ${example}.`;
}
