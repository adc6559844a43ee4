// How the change log writes what the services keep by their own names.
import { cents, inDollars, isAmount } from "@/money";
import { dateInWords, isDay } from "@/time";

const FIELDS: Readonly<Record<string, string>> = {
  patient_ar: "Client owes",
  payer_ar: "Insurer owes",
  contractual_adj: "Contractual adjustment",
  unapplied_credit: "Credit",
  cash: "Received",
  payer_account: "Payer's account",
  unassigned: "Unassigned money",
  write_off: "Write-off",
  npi: "NPI",
  as_of: "As of",
  effective_from: "From",
  effective_to: "To",
  mode: "Network",
};

/** The accounts of postings with the sign of an amount that makes more of them: the ledger writes credit and income as negative. */
const MORE: Readonly<Record<string, bigint>> = {
  patient_ar: 1n,
  payer_ar: 1n,
  contractual_adj: 1n,
  discount: 1n,
  bad_debt: 1n,
  cash: 1n,
  revenue: -1n,
  interest: -1n,
  unapplied_credit: -1n,
  payer_account: -1n,
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

/** `Client owes: $185.00 less`: what a posting does to an account; null where this is no account. Credit that moves between records is no money that was received. */
export function movedInWords(field: string, value: unknown, what: string): string | null {
  const more = MORE[field];
  if (!more || typeof value !== "string" || !isAmount(value)) {
    return null;
  }
  const isMore = cents(value) * more > 0n;
  const amount = inDollars(value.replace("-", ""));
  if (what === "credit" && field === "cash") {
    return `${isMore ? "From" : "To"} another record: ${amount}`;
  }
  return `${fieldInWords(field)}: ${amount} ${isMore ? "more" : "less"}`;
}

/** `Copay after deductible`, of `copay_after_deductible`. */
export function fieldInWords(field: string): string {
  return FIELDS[field] ?? (field.charAt(0).toUpperCase() + field.slice(1)).replaceAll("_", " ");
}

/** A value as people write it; empty where there is none. */
export function valueInWords(value: unknown, field = ""): string {
  if (value === null || value === undefined || value === "") {
    return "";
  }
  if (typeof value === "object") {
    return Object.values(value)
      .map((part) => valueInWords(part))
      .filter(Boolean)
      .join(", ");
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
  return VALUES[text] ?? (field.endsWith("percent") ? text : inDollars(text));
}
