import { type FormEvent, type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import type { FieldErrors } from "./fieldErrors";
import { leadsToUnread } from "./unread";

/** The field of a list to choose from, which is not typed in, while the list is closed. */
const CLOSED_LIST = '[readonly][aria-haspopup="listbox"]:not([aria-controls])';

interface FormProps {
  readonly onSubmit: () => void;
  /** Whether it cannot be sent now. */
  readonly disabled: boolean;
  readonly errors?: FieldErrors | undefined;
  /** What it is called, where no dialog of its own names it. */
  readonly label?: string;
  readonly onChange?: (event: FormEvent<HTMLFormElement>) => void;
  readonly children: ReactNode;
}

/** What every form does: Ctrl+Enter sends it, a text that cannot be read keeps it back, and a refusal leads to its first field. */
export function Form({ onSubmit, disabled, errors, label, onChange, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const wrong = errors?.wrong ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new refusal leads to its first field
  useEffect(() => {
    if (wrong > 0) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [errors?.refusal]);

  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    // A dialog that this form has opened is a form of its own.
    event.stopPropagation();
    // Ctrl+Enter submits whether or not the button could be clicked.
    if (!disabled && !leadsToUnread(form.current)) {
      onSubmit();
    }
  }

  /** The second click of a double click sends nothing: the answer to the first may be there before it. */
  function click(event: MouseEvent<HTMLFormElement>): void {
    if (event.detail > 1 && event.target instanceof Element && event.target.closest("[type=submit]")) {
      event.preventDefault();
    }
  }

  function press(event: KeyboardEvent<HTMLFormElement>): void {
    if (isSending(event)) {
      event.preventDefault();
      event.stopPropagation();
      // After the field has taken what was typed, such as a code that Enter completes.
      window.setTimeout(() => form.current?.requestSubmit());
    }
  }

  /** A closed list is sent as it is; by itself it would take the key for one that opens it. */
  function pressFirst(event: KeyboardEvent<HTMLFormElement>): void {
    if (isSending(event) && event.target instanceof Element && event.target.matches(CLOSED_LIST)) {
      press(event);
    }
  }

  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      onSubmit={send}
      onKeyDownCapture={pressFirst}
      onKeyDown={press}
      onClick={click}
      {...(onChange ? { onChange } : {})}
    >
      {children}
    </form>
  );
}

function isSending({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key === "Enter" && (ctrlKey || metaKey);
}
