// Who bears what of a record's charge: as billed, and by now.
import type { BillingRecord } from "@/api";
import type { components } from "@/api/billing";

export type Shares = components["schemas"]["SharesView"];

/** Parts of a charge, in the order in which they are read. */
export const PARTS = [
  ["Contractual adjustment", "contractual_adjustment"],
  ["Discounts", "other_adjustment"],
  ["Written off", "written_off"],
  ["Insurer's part", "insurance_amount"],
  ["Client's part", "patient_amount"],
] as const;

type Billed = Pick<
  BillingRecord,
  "contractual_adjustment" | "other_adjustment" | "patient_amount" | "insurance_amount" | "payment_status"
>;

/** Who bears what by now; as billed while the ledger is not loaded, and of a voided record, of which nothing is left. */
export function sharesOf(record: Billed, now: Shares | undefined): Shares {
  if (now && record.payment_status !== "voided") {
    return now;
  }
  const { contractual_adjustment, other_adjustment, patient_amount, insurance_amount } = record;
  return {
    contractual_adjustment,
    other_adjustment,
    written_off: "0.00",
    patient_amount,
    insurance_amount,
    is_answered: false,
  };
}

/** Whether what is borne by now is not what was billed. */
export function isMoved(record: Billed, now: Shares): boolean {
  const billed = sharesOf(record, undefined);
  return PARTS.some(([, part]) => billed[part] !== now[part]);
}
