import { TextInput } from "@mantine/core";
import { useEffect, useRef } from "react";
import { asProblem } from "@/api";
import type { BookingRequest } from "./bookingRequest";

interface OverrideReasonProps {
  readonly wanted: BookingRequest;
  readonly onChange: (changes: Partial<BookingRequest>) => void;
  readonly description: string;
  /** The refusal that asks for the reason: each one leads to the field. */
  readonly refusal?: unknown;
}

/** Why rules of the clinic are overridden. */
export function OverrideReason({ wanted, onChange, description, refusal }: OverrideReasonProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (refusal) {
      field.current?.focus();
    }
  }, [refusal]);
  return (
    <TextInput
      ref={field}
      label="Reason to override the clinic's rules"
      description={description}
      maxLength={500}
      value={wanted.override}
      onChange={(event) => onChange({ override: event.currentTarget.value })}
    />
  );
}

/** Whether a booking was refused by rules alone that a reason overrides. */
export function isOverridable(refusal: unknown): boolean {
  return Boolean(refusal) && asProblem(refusal).more.overridable === true;
}
