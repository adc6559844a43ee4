// A choice that is found by typing: Enter takes the first of what is found, and a text that nothing was chosen for stays with a hint.
import {
  CheckIcon,
  type ComboboxItem,
  type ComboboxItemGroup,
  Group,
  Select,
  type SelectProps,
  Text,
} from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type Failure, type Request, useFailure } from "./failure";
import classes from "./SearchSelect.module.css";
import { hasEveryWord, unchosenInWords } from "./text";
import { useUnread } from "./unread";

export const SEARCHING = "Searching…";
const NOT_SENT = "Not sent: this is still being looked up.";
/** The value of the choice that stands for a search that failed. */
export const RETRY = "retry";

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly group?: string;
  /** Beneath the label in the list: what distinguishes it from another with the same label. */
  readonly about?: string;
}

type Further = Omit<
  SelectProps,
  "value" | "onChange" | "data" | "filter" | "searchable" | "searchValue" | "onSearchChange" | "ref"
>;

interface SearchSelectProps extends Further {
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  /** What is found for the text, in the order of the list. */
  readonly found: readonly Choice[];
  /** What is chosen, as soon as its name is known. */
  readonly chosen: Choice | null;
  /** Whether `found` is all that the text has: until then nothing of it is the first. */
  readonly isSettled: boolean;
  /** Why nothing can be found now; the list says so, and its choice is to try again. */
  readonly failure?: Failure | null;
}

/** A choice among what is searched elsewhere, for example by a service. */
export function SearchSelect({
  value,
  onChange,
  typed,
  onType,
  found,
  chosen,
  isSettled,
  failure = null,
  nothingFoundMessage,
  error,
  onBlur,
  ...props
}: SearchSelectProps) {
  const field = useRef<HTMLInputElement>(null);
  const leaves = useRef(false);
  const takesFirst = useRef(false);
  const keepsOpen = useRef(false);
  const [isOpen, setOpen] = useState(false);
  const [isLeft, setLeft] = useState(false);
  /** Whether it kept its form from being sent before it was known what Enter takes. */
  const [wasAwaited, setAwaited] = useState(false);
  // What stands in the field after a choice is a name, not a search.
  const isSearch = typed.trim() !== "" && typed !== chosen?.label;
  const unread = isSearch
    ? unchosenInWords(chosen?.label ?? null, !isSettled || found.length > 0, failure?.problem.title)
    : null;
  useUnread(field, unread);
  const listed = failure ? [retryOf(failure)] : found;
  const offered = new Set(listed.map((each) => each.value));
  const known = chosen && !offered.has(chosen.value) ? [chosen, ...listed] : listed;
  const abouts = new Map(known.flatMap(({ value, about }) => (about ? [[value, about] as const] : [])));

  useEffect(() => {
    if (isSettled && takesFirst.current) {
      takesFirst.current = false;
      takeFirst();
    }
  });

  function takeFirst(): void {
    const option = listOf(field.current)?.querySelector<HTMLElement>("[data-combobox-option]");
    const [first] = found;
    if (option) {
      option.click();
    } else if (first) {
      choose(first.value);
    }
  }

  function retry(): void {
    if (failure && !failure.isRetrying) {
      failure.retry();
    }
  }

  function choose(picked: string | null): void {
    if (picked === RETRY) {
      keepsOpen.current = true;
      retry();
    } else if (picked !== null && picked === chosen?.value) {
      onType(chosen.label);
    } else {
      onChange(picked);
    }
  }

  function press(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key !== "Enter") {
      // Who goes on to the next field still means the first.
      takesFirst.current &&= event.key === "Tab" || event.key === "Shift";
      return;
    }
    const isMarked = listOf(field.current)?.querySelector("[data-combobox-selected]");
    if (!isSearch || isMarked || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (isSettled) {
      takeFirst();
    } else {
      takesFirst.current = true;
      retry();
    }
  }

  return (
    <Select
      {...props}
      ref={field}
      searchable
      allowDeselect={false}
      value={value}
      onChange={choose}
      onOptionSubmit={(picked) => picked === chosen?.value && onType(chosen.label)}
      searchValue={typed}
      onSearchChange={(text) => {
        // Mantine empties the field when it is left.
        if (!(leaves.current && isSearch)) {
          onType(text);
        }
      }}
      data={grouped(known)}
      nothingFoundMessage={isSettled ? nothingFoundMessage : SEARCHING}
      dropdownOpened={isOpen}
      onDropdownOpen={() => {
        setOpen(true);
        retry();
      }}
      onDropdownClose={() => {
        setOpen(keepsOpen.current);
        keepsOpen.current = false;
      }}
      filter={({ options }) =>
        options.filter((option) => !("value" in option) || !isSearch || offered.has(String(option.value)))
      }
      onKeyDownCapture={press}
      onInput={() => {
        setLeft(false);
        setAwaited(false);
      }}
      onBlurCapture={() => {
        leaves.current = true;
      }}
      onBlur={(event) => {
        leaves.current = false;
        setLeft(true);
        onBlur?.(event);
      }}
      onInvalid={() => {
        setLeft(true);
        setAwaited(takesFirst.current);
      }}
      error={
        unread && isLeft && (!takesFirst.current || wasAwaited)
          ? takesFirst.current && !failure
            ? NOT_SENT
            : unread
          : error
      }
      {...(abouts.size > 0
        ? { renderOption: (option) => <OptionText {...option} about={abouts.get(option.option.value)} /> }
        : {})}
      classNames={{ options: isSearch && isSettled ? (classes.first ?? "") : "" }}
    />
  );
}

/** What stands in a list for what cannot be found now: choosing it tries again. */
export function retryOf({ problem, isRetrying }: Failure): Choice {
  return { value: RETRY, label: problem.title, about: isRetrying ? "Trying again…" : "Try again" };
}

interface ListSelectProps extends Further {
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly data: readonly Choice[];
  /** The request that the list comes from; while it is not answered, that is shown in its place. */
  readonly from?: Request;
}

/** A choice among a whole list, found by any words of it. */
export function ListSelect({ value, data, from, ...props }: ListSelectProps) {
  const failure = useFailure(...(from ? [from] : []));
  const [typed, setTyped] = useState("");
  const chosen = data.find((each) => each.value === value) ?? null;
  const isSearch = typed !== chosen?.label;
  const found = isSearch ? data.filter(({ label }) => hasEveryWord(label, typed)) : data;
  return (
    <SearchSelect
      {...props}
      value={value}
      typed={typed}
      onType={setTyped}
      found={found}
      chosen={chosen}
      isSettled={!from || from.dataUpdatedAt > 0}
      failure={failure}
      nothingFoundMessage={props.nothingFoundMessage ?? "No match"}
    />
  );
}

interface OptionTextProps {
  readonly option: ComboboxItem;
  readonly checked?: boolean | undefined;
  readonly about: string | undefined;
}

function OptionText({ option, checked, about }: OptionTextProps) {
  return (
    <Group gap="xs" wrap="nowrap">
      {checked && <CheckIcon size={12} aria-hidden />}
      <div>
        {option.label}
        {about && (
          <Text size="xs" c="dimmed" className="numbers">
            {about}
          </Text>
        )}
      </div>
    </Group>
  );
}

/** The open list of a field. */
function listOf(field: HTMLInputElement | null): HTMLElement | null {
  return document.getElementById(field?.getAttribute("aria-controls") ?? "");
}

function grouped(choices: readonly Choice[]): NonNullable<SelectProps["data"]> {
  const groups = [...new Set(choices.map(({ group }) => group))];
  const items = (of: string | undefined) =>
    choices.filter(({ group }) => group === of).map(({ value, label }) => ({ value, label }));
  return groups.flatMap<ComboboxItem | ComboboxItemGroup<ComboboxItem>>((group) =>
    group === undefined ? items(group) : { group, items: items(group) },
  );
}
