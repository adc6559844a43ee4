// What billing's words mean to people.
import type { BillingRecord, Claim, Remittance } from "@/api";
import type { components } from "@/api/billing";
import type { Tone } from "@/parts";

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
  voided: ["taken back", "over"],
};

export const KINDS: Readonly<Record<BillingRecord["kind"], string>> = {
  session: "Session",
  no_show: "Missed session",
  late_cancellation: "Late cancellation",
};

export const POSTINGS: Readonly<Record<Posting["kind"], string>> = {
  charge: "Charged",
  payment: "Payment",
  adjustment: "Adjustment",
  write_off: "Written off",
  refund: "Refund",
  void: "Taken back",
  claim: "Claim sent",
  denial: "Denied",
  transfer: "Moved to the client's part",
  credit: "Credit moved",
};

export const ACCOUNTS: Readonly<Record<Posting["entries"][number]["account"], string>> = {
  patient_ar: "client owes",
  payer_ar: "insurer owes",
  revenue: "earned",
  contractual_adj: "off by contract",
  discount: "discount",
  bad_debt: "given up",
  cash: "came in",
  unapplied_credit: "credit",
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
  submitted: ["sent", "waiting"],
  paid: ["paid", "good"],
  denied: ["denied", "bad"],
  reversed: ["answer taken back", "attention"],
  replaced: ["replaced", "over"],
};

export const FREQUENCIES: Readonly<Record<Claim["frequency"], string>> = {
  "1": "First claim",
  "7": "Replacement",
  "8": "Taking it back",
};

export const REMITTANCES: Readonly<Record<Remittance["status"], readonly [name: string, tone: Tone]>> = {
  posted: ["posted", "good"],
  parked: ["parked", "attention"],
};

export function optionsOf<Word extends string>(
  words: Readonly<Record<Word, string | readonly [string, ...unknown[]]>>,
) {
  return Object.entries<string | readonly [string, ...unknown[]]>(words).map(([value, said]) => ({
    value: value as Word,
    label: typeof said === "string" ? said : said[0],
  }));
}
