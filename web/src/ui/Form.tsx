import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import type { FieldErrors } from "./fieldErrors";
import { leadsToUnread } from "./unread";

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
    // Ctrl+Enter submits whether or not the button could be clicked.
    if (!disabled && !leadsToUnread(form.current)) {
      onSubmit();
    }
  }

  function press(event: KeyboardEvent<HTMLFormElement>): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      // After the field has taken what was typed, such as a code that Enter completes.
      window.setTimeout(() => form.current?.requestSubmit());
    }
  }

  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      onSubmit={send}
      onKeyDown={press}
      {...(onChange ? { onChange } : {})}
    >
      {children}
    </form>
  );
}
