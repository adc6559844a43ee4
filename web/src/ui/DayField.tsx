import { Input, Popover, TextInput, type TextInputProps } from "@mantine/core";
import { useRef, useState } from "react";
import { type Day, dayInWords, isNoSuchDayHere, type Near, today, typedExamples, typedHere, zoneHere } from "@/time";
import { keepsFromSending } from "./keys";
import { later } from "./later";
import { useUnread } from "./unread";

const DayChoice = later(async () => (await import("./DayChoice")).DayChoice);

interface DayFieldProps extends Omit<TextInputProps, "value" | "onChange" | "type" | "ref" | "rightSection"> {
  readonly value: Day | null;
  /** Called with the day whenever what is typed or chosen is one; with null where a `clearable` field is emptied. */
  readonly onChange: (day: Day | null) => void;
  /** Called when the field begins and ceases to have a text that cannot be read; its day is the former one meanwhile. */
  readonly onUnread?: ((isUnread: boolean) => void) | undefined;
  /** Which year is meant where none is typed. */
  readonly near?: Near;
  readonly minDate?: Day;
  readonly maxDate?: Day;
  readonly clearable?: boolean;
  /** What is chosen first: a decade where years are far away. */
  readonly defaultLevel?: "month" | "decade";
}

const TAKEN_BELOW: NonNullable<TextInputProps["inputWrapperOrder"]> = ["label", "input", "description", "error"];

/** Words without a number, and days counted from today. */
const IS_RELATIVE = /^(\D+|\+.*|in\s.*)$/iu;
/** As high as the days of a month are, with what stands around them. */
const CHOICE_HEIGHT = 340;

interface Typed {
  readonly text: string;
  /** The day of the field when the text was typed. */
  readonly before: Day | null;
  /** What the text means; `before` where it means nothing. */
  readonly day: Day | null;
  readonly reason: string | null;
}

/** A day, chosen or typed as people do (`12/1`, `Dec 1`, `tomorrow`) and taken over by Enter; a text that is no day stays, with what would work. */
export function DayField({
  value,
  onChange,
  onUnread,
  near = "next",
  minDate,
  maxDate,
  clearable = false,
  defaultLevel = "month",
  error,
  onFocus,
  onBlur,
  onKeyDown,
  ...props
}: DayFieldProps) {
  const [typed, setTyped] = useState<Typed | null>(null);
  const [isOpen, setOpened] = useState(false);
  const [position, setPosition] = useState<"top-start" | "bottom-start">("bottom-start");
  const [isLeft, setLeft] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // A day that was set meanwhile, by a suggestion for example, takes the place of the text.
  const own = typed && (value === typed.before || value === typed.day) ? typed : null;
  const unread = own?.reason ?? null;
  const taken = own && !unread && own.day ? takenFor(own.text, own.day) : null;
  useUnread(field, unread, onUnread);

  function setOpen(open: boolean): void {
    if (open && !isOpen) {
      setPosition(wouldCoverSubmit(field.current) ? "top-start" : "bottom-start");
    }
    setOpened(open);
  }

  function read(text: string): void {
    setLeft(false);
    setOpen(true);
    const isEmptied = clearable && text.trim() === "";
    const day = isEmptied ? null : typedHere(text, near);
    const reason = isEmptied ? null : reasonAgainst(text, day, minDate, maxDate);
    setTyped({ text, before: value, day: reason ? value : day, reason });
    if (reason === null && day !== value) {
      onChange(day);
    }
  }

  /** Show what was typed as the day that it means; what is no day stays to be corrected. */
  function takeOver(): void {
    setOpen(false);
    setLeft(true);
    if (!unread) {
      setTyped(null);
    }
  }

  function choose(day: Day | null): void {
    setTyped(null);
    setOpen(false);
    onChange(day);
  }

  return (
    <Popover opened={isOpen} disabled={props.disabled ?? false} position={position} trapFocus={false} withRoles={false}>
      <Popover.Target>
        <TextInput
          {...props}
          ref={field}
          autoComplete="off"
          value={own ? own.text : value ? dayInWords(value, { year: true }) : ""}
          onChange={(event) => read(event.currentTarget.value)}
          onFocus={(event) => {
            setOpen(true);
            onFocus?.(event);
          }}
          onClick={() => setOpen(true)}
          onBlur={(event) => {
            takeOver();
            onBlur?.(event);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              setOpen(false);
            }
            if (keepsFromSending(event)) {
              takeOver();
            }
            onKeyDown?.(event);
          }}
          onInvalid={() => {
            // The days would lie over the reason.
            setOpen(false);
            setLeft(true);
          }}
          error={unread ? isLeft && unread : error}
          {...(taken ? { description: taken, inputWrapperOrder: TAKEN_BELOW } : {})}
          rightSection={
            clearable && value && !props.disabled ? (
              <Input.ClearButton aria-label="Clear the day" onClick={() => choose(null)} />
            ) : null
          }
        />
      </Popover.Target>
      {/* The field keeps the focus. */}
      <Popover.Dropdown onMouseDown={(event) => event.preventDefault()}>
        <DayChoice
          // While the text cannot be read no day is chosen, so that a click on any day chooses it.
          value={unread ? null : (own?.day ?? value)}
          onChange={choose}
          minDate={minDate}
          maxDate={maxDate}
          allowDeselect={clearable}
          defaultLevel={defaultLevel}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Whether the days below a field would lie over the button that sends its form. */
function wouldCoverSubmit(field: HTMLInputElement | null): boolean {
  const submit = field?.form?.querySelector("[type=submit]");
  const below = field && submit ? submit.getBoundingClientRect().top - field.getBoundingClientRect().bottom : -1;
  return below >= 0 && below < CHOICE_HEIGHT;
}

/** What a text was taken for, as far as it leaves that open: the day that `next Friday` means, or a year that is not this one. */
function takenFor(text: string, day: Day): string | null {
  if (IS_RELATIVE.test(text.trim())) {
    return dayInWords(day, { year: true });
  }
  const year = day.slice(0, "YYYY".length);
  const isTyped = text.includes(year) || (text.match(/\d+/g) ?? []).length > 2;
  return isTyped || year === today(zoneHere()).slice(0, "YYYY".length) ? null : `in ${year}`;
}

/** What is wrong with a typed day, and what would work; null where nothing is. */
function reasonAgainst(text: string, day: Day | null, first: Day | undefined, last: Day | undefined): string | null {
  if (day === null) {
    const [numbers, words, relative] = typedExamples();
    const missing = isNoSuchDayHere(text) ? "There is no such day. " : "";
    return `${missing}Enter a day, such as ${numbers}, ${words} or ${relative}.`;
  }
  if (first && day < first) {
    return `Enter ${dayInWords(first)} or later.`;
  }
  return last && day > last ? `Enter ${dayInWords(last)} or earlier.` : null;
}
