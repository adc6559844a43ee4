// What can be done with a record's money: what each step is called, what it asks for, and where it goes.
import { http } from "@/api";
import type { components } from "@/api/billing";
import { typedAmount } from "@/money/typed";

type Parts = components["schemas"];

export interface Wish {
  amount: string;
  payer: Parts["Payer"];
  method: Parts["PaymentMethod"];
  reference: string;
  reason: string;
  service_code: string | null;
  minutes: string;
  to_record_id: string | null;
}

export type Field = keyof Wish;

export interface Step {
  readonly name: string;
  readonly doIt: string;
  readonly about: string;
  readonly done: string;
  readonly fields: readonly Field[];
  /** Answers the record that it is about afterwards. */
  readonly send: (recordId: string, wish: Wish) => Promise<string | undefined>;
}

const amount = (wish: Wish) => typedAmount(wish.amount) ?? wish.amount;
const reference = (wish: Wish) => (wish.reference.trim() ? { reference: wish.reference.trim() } : {});
const idOf = async (answer: Promise<{ data?: { id: string } | undefined }>) => (await answer).data?.id;
const at = (record_id: string) => ({ path: { record_id } });

export const STEPS = {
  payment: {
    name: "Take a payment",
    doIt: "Take the payment",
    about: "What is more than is owed stays as credit of this record.",
    done: "The payment is posted.",
    fields: ["amount", "payer", "method", "reference"],
    send: (id, wish) =>
      idOf(
        http.POST("/api/billing/records/{record_id}/payments", {
          params: at(id),
          body: { amount: amount(wish), payer: wish.payer, method: wish.method, ...reference(wish) },
        }),
      ),
  },
  adjustment: {
    name: "Take something off",
    doIt: "Take it off",
    about: "A discount on what the client owes, with its reason.",
    done: "It is taken off.",
    fields: ["amount", "reason"],
    send: (id, wish) =>
      idOf(
        http.POST("/api/billing/records/{record_id}/adjustments", {
          params: at(id),
          body: { amount: amount(wish), reason: wish.reason },
        }),
      ),
  },
  writeOff: {
    name: "Write off",
    doIt: "Write it off",
    about: "What nobody will pay, as bad debt.",
    done: "It is written off.",
    fields: ["amount", "payer", "reason"],
    send: (id, wish) =>
      idOf(
        http.POST("/api/billing/records/{record_id}/write-offs", {
          params: at(id),
          body: { amount: amount(wish), payer: wish.payer, reason: wish.reason },
        }),
      ),
  },
  refund: {
    name: "Hand money back",
    doIt: "Hand it back",
    about: "Only money that settles nothing can be handed back.",
    done: "The refund is posted.",
    fields: ["amount", "payer", "method", "reference", "reason"],
    send: (id, wish) =>
      idOf(
        http.POST("/api/billing/records/{record_id}/refunds", {
          params: at(id),
          body: {
            amount: amount(wish),
            payer: wish.payer,
            method: wish.method,
            reason: wish.reason,
            ...reference(wish),
          },
        }),
      ),
  },
  credit: {
    name: "Use credit elsewhere",
    doIt: "Use it there",
    about: "Credit of this record settles another record of the same client.",
    done: "The credit settles the other record.",
    fields: ["amount", "payer", "to_record_id"],
    send: (id, wish) =>
      idOf(
        http.POST("/api/billing/records/{record_id}/credits", {
          params: at(id),
          body: { amount: amount(wish), payer: wish.payer, to_record_id: wish.to_record_id ?? "" },
        }),
      ),
  },
  replacement: {
    name: "Correct it",
    doIt: "Bill it anew",
    about: "This record is taken back and the right one is made, priced anew; what was paid goes along.",
    done: "The record is corrected.",
    fields: ["service_code", "minutes", "reason"],
    send: (id, wish) =>
      idOf(
        http.POST("/api/billing/records/{record_id}/replace", {
          params: at(id),
          body: {
            reason: wish.reason,
            ...(wish.service_code ? { service_code: wish.service_code } : {}),
            ...(wish.minutes ? { minutes: Number(wish.minutes) } : {}),
          },
        }),
      ),
  },
  void: {
    name: "Take it back",
    doIt: "Take the record back",
    about: "Nobody owes anything any more; money that came in stays as credit. This cannot be undone.",
    done: "The record is taken back.",
    fields: ["reason"],
    send: (id, wish) =>
      idOf(
        http.POST("/api/billing/records/{record_id}/void", {
          params: at(id),
          body: { reason: wish.reason },
        }),
      ),
  },
} as const satisfies Readonly<Record<string, Step>>;

export type StepName = keyof typeof STEPS;
