import { DateInput, type DateInputProps } from "@mantine/dates";
import { type SyntheticEvent, useRef, useState } from "react";
import { type Day, dayInWords, isDay, type Near, typedExamples, typedHere } from "@/time";
import { useUnread } from "./unread";

interface DayFieldProps extends Omit<DateInputProps, "value" | "onChange" | "dateParser" | "fixOnBlur" | "ref"> {
  readonly value: Day | null;
  /** Called with the day whenever what is typed or chosen is one; with null where a `clearable` field is emptied. */
  readonly onChange: (day: Day | null) => void;
  /** Which year is meant where none is typed. */
  readonly near?: Near;
}

interface Unread {
  /** The day of the field when the text was typed. */
  readonly value: Day | null;
  readonly reason: string;
}

/** A day, chosen or typed as people do (`12/1`, `Dec 1`, `tomorrow`); a text that is no day stays, with what would work. */
export function DayField({
  value,
  onChange,
  near = "next",
  minDate,
  maxDate,
  clearable,
  error,
  ...props
}: DayFieldProps) {
  const [typed, setTyped] = useState<Unread | null>(null);
  const [isLeft, setLeft] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // A day that was set meanwhile, by a suggestion for example, takes the place of the text.
  const unread = typed?.value === value ? typed : null;
  useUnread(field, unread?.reason ?? null);

  function read({ currentTarget }: SyntheticEvent<HTMLInputElement>): void {
    const text = currentTarget.value.trim();
    setLeft(false);
    const reason = text === "" && clearable ? null : reasonAgainst(typedHere(text, near), minDate, maxDate);
    setTyped(reason === null ? null : { value, reason });
  }

  return (
    <DateInput
      {...props}
      ref={field}
      // While the text cannot be read no day is chosen, so that a click on any day of the calendar chooses it.
      value={unread ? null : value}
      onChange={(day) => {
        setTyped(null);
        onChange(isDay(day) ? day : null);
      }}
      onInput={read}
      onBlur={(event) => {
        setLeft(true);
        props.onBlur?.(event);
      }}
      onInvalid={() => setLeft(true)}
      dateParser={(text) => typedHere(text, near)}
      fixOnBlur={unread === null}
      clearable={clearable ?? false}
      {...(minDate ? { minDate } : {})}
      {...(maxDate ? { maxDate } : {})}
      error={unread ? isLeft && unread.reason : error}
    />
  );
}

/** What is wrong with a typed day, and what would work; null where nothing is. */
function reasonAgainst(
  day: Day | null,
  first: DateInputProps["minDate"],
  last: DateInputProps["maxDate"],
): string | null {
  if (day === null) {
    const [numbers, words, relative] = typedExamples();
    return `Enter a day, such as ${numbers}, ${words} or ${relative}.`;
  }
  if (first && day < String(first)) {
    return `Enter ${dayInWords(String(first))} or later.`;
  }
  return last && day > String(last) ? `Enter ${dayInWords(String(last))} or earlier.` : null;
}
