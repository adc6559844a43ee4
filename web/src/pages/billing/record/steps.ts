// What can be done with a record's money: what each step is called, what it asks for, and where it goes.
import { http } from "@/api";
import type { components } from "@/api/billing";
import { typedAmount } from "@/money/typed";
import type { ClientLocation, Modality } from "@/sessions/modality";

type Parts = components["schemas"];

export interface Wish {
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
  minutes: string;
  modality: Modality;
  client_location: ClientLocation | null;
  to_record_id: string | null;
}

export type Field = keyof Wish;

export interface Step {
  readonly name: string;
  readonly doIt: string;
  readonly about: string;
  readonly done: string;
  readonly fields: readonly Field[];
  /** What its two days are called. */
  readonly days?: Readonly<Record<"received_date" | "deposit_date", string>>;
  /** Answers the record that it is about afterwards, and after a void the claims that stay with its insurer. */
  readonly send: (recordId: string, wish: Wish) => Promise<Made | undefined>;
}

export interface Made {
  readonly id: string;
  readonly claims_to_withdraw?: readonly Parts["StandingClaim"][];
}

const amount = (wish: Wish) => typedAmount(wish.amount) ?? wish.amount;
const reference = (wish: Wish) => (wish.reference.trim() ? { reference: wish.reference.trim() } : {});
const days = ({ received_date, deposit_date }: Wish) => ({
  ...(received_date ? { received_date } : {}),
  ...(deposit_date ? { deposit_date } : {}),
});
const made = async (answer: Promise<{ data?: Made | undefined }>) => (await answer).data;
const at = (record_id: string) => ({ path: { record_id } });

export const STEPS = {
  payment: {
    name: "Record a payment",
    doIt: "Save",
    about: "An overpayment stays on this record as credit.",
    done: "The payment is saved.",
    fields: ["amount", "payer", "method", "reference", "received_date", "deposit_date"],
    days: { received_date: "Received on", deposit_date: "Deposited on" },
    send: (id, wish) =>
      made(
        http.POST("/api/billing/records/{record_id}/payments", {
          params: at(id),
          body: { amount: amount(wish), payer: wish.payer, method: wish.method, ...reference(wish), ...days(wish) },
        }),
      ),
  },
  adjustment: {
    name: "Adjust",
    doIt: "Save",
    about: "A discount on the client's balance.",
    done: "The adjustment is saved.",
    fields: ["amount", "reason", "received_date", "deposit_date"],
    days: { received_date: "Effective on", deposit_date: "In the daily close of" },
    send: (id, wish) =>
      made(
        http.POST("/api/billing/records/{record_id}/adjustments", {
          params: at(id),
          body: { amount: amount(wish), reason: wish.reason, ...days(wish) },
        }),
      ),
  },
  writeOff: {
    name: "Write off",
    doIt: "Write off",
    about: "An amount that will not be collected, as bad debt.",
    done: "The amount is written off.",
    fields: ["amount", "payer", "reason", "received_date", "deposit_date"],
    days: { received_date: "Effective on", deposit_date: "In the daily close of" },
    send: (id, wish) =>
      made(
        http.POST("/api/billing/records/{record_id}/write-offs", {
          params: at(id),
          body: { amount: amount(wish), payer: wish.payer, reason: wish.reason, ...days(wish) },
        }),
      ),
  },
  refund: {
    name: "Refund",
    doIt: "Refund",
    about: "Only unapplied credit can be refunded, and only to the payer whose money it is.",
    done: "The refund is saved.",
    fields: ["amount", "payer", "method", "reference", "reason", "received_date", "deposit_date"],
    days: { received_date: "Refunded on", deposit_date: "In the daily close of" },
    send: (id, wish) =>
      made(
        http.POST("/api/billing/records/{record_id}/refunds", {
          params: at(id),
          body: {
            amount: amount(wish),
            payer: wish.payer,
            method: wish.method,
            reason: wish.reason,
            ...reference(wish),
            ...days(wish),
          },
        }),
      ),
  },
  credit: {
    name: "Transfer credit",
    doIt: "Transfer",
    about: "Applies this record's credit to what the same payer owes on another record of this client.",
    done: "The credit is transferred.",
    fields: ["amount", "payer", "to_record_id"],
    send: (id, wish) =>
      made(
        http.POST("/api/billing/records/{record_id}/credits", {
          params: at(id),
          body: { amount: amount(wish), payer: wish.payer, to_record_id: wish.to_record_id ?? "" },
        }),
      ),
  },
  replacement: {
    name: "Correct the record",
    doIt: "Void and rebill",
    about:
      "This record is voided and a corrected one is created with a new price. Payments, adjustments and write-offs move to the new record.",
    done: "The record is corrected.",
    fields: ["service_code", "minutes", "modality", "client_location", "reason"],
    send: (id, wish) =>
      made(
        http.POST("/api/billing/records/{record_id}/replace", {
          params: at(id),
          body: {
            reason: wish.reason,
            ...(wish.service_code ? { service_code: wish.service_code } : {}),
            ...(wish.minutes ? { minutes: Number(wish.minutes) } : {}),
            modality: wish.modality,
            ...(wish.modality !== "in_person" && wish.client_location ? { client_location: wish.client_location } : {}),
          },
        }),
      ),
  },
  void: {
    name: "Void",
    doIt: "Void the record",
    about: "Nothing is owed on a voided record. Payments stay as credit. This cannot be undone.",
    done: "The record is voided.",
    fields: ["reason"],
    send: (id, wish) =>
      made(
        http.POST("/api/billing/records/{record_id}/void", {
          params: at(id),
          body: { reason: wish.reason },
        }),
      ),
  },
} as const satisfies Readonly<Record<string, Step>>;

export type StepName = keyof typeof STEPS;
