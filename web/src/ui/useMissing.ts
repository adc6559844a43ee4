// What a form still needs, named beside its fields once somebody tries to send it.
import { useState } from "react";
import type { FieldErrors } from "./fieldErrors";

interface Missing {
  readonly errors: FieldErrors;
  /** Send, or name what is missing. */
  readonly send: () => void;
}

/**
 * Add what is missing to a refusal.
 *
 * `missing` has, by field, what to do about it, and something falsy for a field that is complete.
 */
export function useMissing(
  errors: FieldErrors,
  missing: Readonly<Record<string, string | false>>,
  send: () => void,
): Missing {
  const [attempt, setAttempt] = useState<object | null>(null);
  const lacking = Object.entries(missing).filter(([, words]) => words);
  return {
    errors: attempt && lacking.length > 0 ? withMissing(errors, Object.fromEntries(lacking), attempt) : errors,
    send: () => {
      setAttempt(lacking.length > 0 ? {} : null);
      if (lacking.length === 0) {
        send();
      }
    },
  };
}

function withMissing(
  errors: FieldErrors,
  missing: Readonly<Record<string, string | false>>,
  attempt: object,
): FieldErrors {
  return {
    refusal: attempt,
    at: (field) => missing[field] || errors.at(field),
    rest: null,
    wrong: Object.keys(missing).length,
  };
}
