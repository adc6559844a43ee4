// What billing's words mean to people.
import type { BillingRecord, Claim, Remittance } from "@/api";
import type { components } from "@/api/billing";
import type { Tone } from "@/ui";

type Parts = components["schemas"];
export type PaymentStatus = BillingRecord["payment_status"];
export type Posting = Parts["TransactionView"];
export type Flag = Parts["FlagView"];

export const STATUSES: Readonly<Record<PaymentStatus, readonly [name: string, tone: Tone]>> = {
  pending: ["pending", "waiting"],
  submitted: ["claim sent", "waiting"],
  partially_paid: ["partly paid", "attention"],
  paid: ["paid", "good"],
  denied: ["denied", "bad"],
  written_off: ["written off", "over"],
  refunded: ["refunded", "over"],
  voided: ["voided", "over"],
};

export const KINDS: Readonly<Record<BillingRecord["kind"], string>> = {
  session: "Session",
  no_show: "No-show",
  late_cancellation: "Late cancellation",
};

export const POSTINGS: Readonly<Record<Posting["kind"], string>> = {
  charge: "Charge",
  payment: "Payment",
  adjustment: "Adjustment",
  write_off: "Write-off",
  refund: "Refund",
  void: "Void",
  claim: "Claim sent",
  rejection: "Claim rejected",
  denial: "Denial",
  transfer: "Transfer between client and insurer",
  provider_adjustment: "Provider adjustment",
  unassigned: "Not assigned to a record",
  credit: "Credit transfer",
};

export const ACCOUNTS: Readonly<Record<Posting["entries"][number]["account"], string>> = {
  patient_ar: "client owes",
  payer_ar: "insurer owes",
  revenue: "revenue",
  contractual_adj: "contractual adjustment",
  discount: "discount",
  bad_debt: "bad debt",
  cash: "received",
  unapplied_credit: "credit",
  interest: "interest",
  payer_account: "payer's account",
};

export const METHODS: Readonly<Record<Parts["PaymentMethod"], string>> = {
  cash: "Cash",
  card: "Card",
  check: "Check",
  transfer: "Bank transfer",
  eft: "Electronic transfer",
  era: "Electronic remittance",
  other: "Other",
};

export const CLAIMS: Readonly<Record<Claim["status"], readonly [name: string, tone: Tone]>> = {
  submitted: ["in a claim file", "waiting"],
  accepted: ["accepted", "waiting"],
  rejected: ["rejected", "bad"],
  paid: ["paid", "good"],
  denied: ["denied", "bad"],
  reversed: ["payment reversed", "attention"],
  replaced: ["replaced", "over"],
};

export const FREQUENCIES: Readonly<Record<Claim["frequency"], string>> = {
  "1": "First claim",
  "7": "Replacement",
  "8": "Void",
};

export const REMITTANCES: Readonly<Record<Remittance["status"], readonly [name: string, tone: Tone]>> = {
  posted: ["posted", "good"],
  parked: ["parked", "attention"],
  discarded: ["discarded", "over"],
};

/** Claim filing indicators (SBR09 of the guide 005010X222A1). */
const FILINGS: Readonly<Record<string, string>> = {
  "11": "Other non-federal program",
  "12": "Preferred provider organization (PPO)",
  "13": "Point of service (POS)",
  "14": "Exclusive provider organization (EPO)",
  "15": "Indemnity insurance",
  "16": "Medicare Advantage HMO",
  "17": "Dental maintenance organization",
  AM: "Automobile medical",
  BL: "Blue Cross or Blue Shield",
  CH: "TRICARE",
  CI: "Commercial insurance",
  DS: "Disability",
  FI: "Federal employees program",
  HM: "Health maintenance organization (HMO)",
  LM: "Liability medical",
  MA: "Medicare Part A",
  MB: "Medicare Part B",
  MC: "Medicaid",
  OF: "Other federal program",
  TV: "Title V",
  VA: "Veterans Affairs plan",
  WC: "Workers' compensation",
  ZZ: "Other",
};

/** `Commercial insurance, CI`: what an insurer is, with its code. */
export function filingInWords(code: string): string {
  return [FILINGS[code], code].filter(Boolean).join(", ");
}

export function optionsOf<Word extends string>(
  words: Readonly<Record<Word, string | readonly [string, ...unknown[]]>>,
) {
  return Object.entries<string | readonly [string, ...unknown[]]>(words).map(([value, label]) => ({
    value: value as Word,
    label: typeof label === "string" ? label : label[0],
  }));
}
