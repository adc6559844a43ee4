// Who or what caused a cancellation, in the words that staff read.
import type { Cause } from "./steps";

export const CAUSES: readonly { readonly value: Cause; readonly label: string }[] = [
  { value: "client", label: "The client" },
  { value: "therapist", label: "The therapist" },
  { value: "clinic", label: "The clinic" },
  { value: "weather", label: "The weather" },
];

export function causeOf(value: string): Cause {
  return CAUSES.find((one) => one.value === value)?.value ?? "client";
}
