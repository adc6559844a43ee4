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

/** Names that the services have for what people call otherwise. */
const VALUES: Readonly<Record<string, string>> = {
  in_network: "In network",
  out_of_network: "Out of network",
  era: "electronic remittance",
  eft: "electronic transfer",
};

/** An id means nothing to people. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `Copay after deductible`, of `copay_after_deductible`; credit that moves between records is no money that was received. */
export function fieldInWords(field: string, what = ""): string {
  if (what === "credit" && field === "cash") {
    return "Other record";
  }
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
  return VALUES[text] ?? text;
}
