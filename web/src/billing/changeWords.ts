// How the change log writes what the services keep by their own names.
import { dateInWords, isDay } from "@/time";

const FIELDS: Readonly<Record<string, string>> = {
  patient_ar: "Client owes",
  payer_ar: "Insurer owes",
  contractual_adj: "Contractual adjustment",
  unapplied_credit: "Credit",
  cash: "Received",
  npi: "NPI",
  as_of: "As of",
  effective_from: "From",
  effective_to: "To",
  mode: "Network",
};

/** Values of these fields are names of the services' own, such as `in_network`. */
const NAMED = new Set(["in_network", "out_of_network", "write_off", "no_show", "late_cancellation"]);

/** An id says nothing to anybody. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `Copay after deductible`, of `copay_after_deductible`. */
export function fieldInWords(field: string): string {
  return FIELDS[field] ?? (field.charAt(0).toUpperCase() + field.slice(1)).replaceAll("_", " ");
}

/** A value as people write it; empty where there is none. */
export function valueInWords(value: unknown): string {
  if (value === null || value === undefined || value === "") {
    return "";
  }
  if (typeof value === "object") {
    return Object.values(value).map(valueInWords).filter(Boolean).join(", ");
  }
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  const text = String(value);
  if (isDay(text)) {
    return dateInWords(text);
  }
  if (ID.test(text)) {
    return "";
  }
  return NAMED.has(text) ? fieldInWords(text) : text;
}
