// What can be done with a record's money: what each step is called, what it needs, and where it is sent.
import { http } from "@/api";
import type { components } from "@/api/billing";
import type { ClientLocation, Modality } from "@/features/sessions/modality";
import { type Amount, cents, inDollars, ofCents } from "@/money";
import { typedAmount } from "@/money/typed";

type Parts = components["schemas"];

export interface StepValues {
  amount: string;
  payer: Parts["Payer"];
  method: Parts["PaymentMethod"];
  reference: string;
  reason: string;
  /** Empty for today. */
  received_date: string;
  /** Empty for today. */
  deposit_date: string;
  service_code: string | null;
  minutes: number | null;
  modality: Modality;
  client_location: ClientLocation | null;
  insurance_applicable: boolean;
  to_record_id: string | null;
}

export type Field = keyof StepValues;

export interface Step {
  readonly name: string;
  readonly submitLabel: string;
  readonly about: string;
  readonly done: string;
  readonly fields: readonly Field[];
  /** What its two days are called. */
  readonly days?: Readonly<Record<"received_date" | "deposit_date", string>>;
  /** Answers the record that it is about afterwards, and after a void the claims that stay with its insurer. */
  readonly send: (recordId: string, values: StepValues) => Promise<Made | undefined>;
}

export interface Made {
  readonly id: string;
  readonly unapplied_credit?: Amount;
  readonly claims_to_withdraw?: readonly Parts["StandingClaim"][];
}

/** ` $35.00 of it became credit of the insurer.`, after a payment of more than was owed; nothing after any other step. */
export function newCreditInWords(
  name: StepName,
  payer: Parts["Payer"],
  before: Amount,
  after: Amount = before,
): string {
  const more = cents(after) - cents(before);
  return name === "payment" && more > 0n ? ` ${inDollars(ofCents(more))} of it became credit of the ${payer}.` : "";
}

const amount = (values: StepValues) => typedAmount(values.amount) ?? values.amount;
const reference = (values: StepValues) => (values.reference.trim() ? { reference: values.reference.trim() } : {});
const days = ({ received_date, deposit_date }: StepValues) => ({
  ...(received_date ? { received_date } : {}),
  ...(deposit_date ? { deposit_date } : {}),
});
const made = async (answer: Promise<{ data?: Made | undefined }>) => (await answer).data;
const at = (record_id: string) => ({ path: { record_id } });

/** What is to be corrected of a record; what is left as it was is left out. */
export function correctionOf(values: StepValues): Parts["Correction"] {
  return {
    ...(values.service_code ? { service_code: values.service_code } : {}),
    ...(values.minutes === null ? {} : { minutes: values.minutes }),
    modality: values.modality,
    ...(values.modality !== "in_person" && values.client_location ? { client_location: values.client_location } : {}),
    insurance_applicable: values.insurance_applicable,
  };
}

export const STEPS = {
  payment: {
    name: "Record a payment",
    submitLabel: "Save",
    about: "An overpayment stays on this record as credit.",
    done: "The payment is saved.",
    fields: ["amount", "payer", "method", "reference", "received_date", "deposit_date"],
    days: { received_date: "Received on", deposit_date: "Deposited on" },
    send: (id, values) =>
      made(
        http.POST("/api/billing/records/{record_id}/payments", {
          params: at(id),
          body: {
            amount: amount(values),
            payer: values.payer,
            method: values.method,
            ...reference(values),
            ...days(values),
          },
        }),
      ),
  },
  adjustment: {
    name: "Adjust",
    submitLabel: "Save",
    about: "A discount on the client's balance.",
    done: "The adjustment is saved.",
    fields: ["amount", "reason", "received_date", "deposit_date"],
    days: { received_date: "Effective on", deposit_date: "In the daily close of" },
    send: (id, values) =>
      made(
        http.POST("/api/billing/records/{record_id}/adjustments", {
          params: at(id),
          body: { amount: amount(values), reason: values.reason, ...days(values) },
        }),
      ),
  },
  writeOff: {
    name: "Write off",
    submitLabel: "Write off",
    about: "An amount that will not be collected, as bad debt.",
    done: "The amount is written off.",
    fields: ["amount", "payer", "reason", "received_date", "deposit_date"],
    days: { received_date: "Effective on", deposit_date: "In the daily close of" },
    send: (id, values) =>
      made(
        http.POST("/api/billing/records/{record_id}/write-offs", {
          params: at(id),
          body: { amount: amount(values), payer: values.payer, reason: values.reason, ...days(values) },
        }),
      ),
  },
  refund: {
    name: "Refund",
    submitLabel: "Refund",
    about: "Only unapplied credit can be refunded, and only to the payer whose money it is.",
    done: "The refund is saved.",
    fields: ["amount", "payer", "method", "reference", "reason", "received_date", "deposit_date"],
    days: { received_date: "Refunded on", deposit_date: "In the daily close of" },
    send: (id, values) =>
      made(
        http.POST("/api/billing/records/{record_id}/refunds", {
          params: at(id),
          body: {
            amount: amount(values),
            payer: values.payer,
            method: values.method,
            reason: values.reason,
            ...reference(values),
            ...days(values),
          },
        }),
      ),
  },
  credit: {
    name: "Transfer credit",
    submitLabel: "Transfer",
    about: "Applies this record's credit to what the same payer owes on another record of this client.",
    done: "The credit is transferred.",
    fields: ["amount", "payer", "to_record_id"],
    send: (id, values) =>
      made(
        http.POST("/api/billing/records/{record_id}/credits", {
          params: at(id),
          body: { amount: amount(values), payer: values.payer, to_record_id: values.to_record_id ?? "" },
        }),
      ),
  },
  replacement: {
    name: "Correct the record",
    submitLabel: "Void and rebill",
    about:
      "This record is voided and a corrected one is created with a new price. Payments, adjustments and write-offs move to the new record.",
    done: "The record is corrected.",
    fields: ["service_code", "minutes", "modality", "client_location", "insurance_applicable", "reason"],
    send: (id, values) =>
      made(
        http.POST("/api/billing/records/{record_id}/replace", {
          params: at(id),
          body: { reason: values.reason, ...correctionOf(values) },
        }),
      ),
  },
  void: {
    name: "Void",
    submitLabel: "Void the record",
    about: "Nothing is owed on a voided record. Payments stay as credit. This cannot be undone.",
    done: "The record is voided.",
    fields: ["reason"],
    send: (id, values) =>
      made(
        http.POST("/api/billing/records/{record_id}/void", {
          params: at(id),
          body: { reason: values.reason },
        }),
      ),
  },
} as const satisfies Readonly<Record<string, Step>>;

export type StepName = keyof typeof STEPS;
