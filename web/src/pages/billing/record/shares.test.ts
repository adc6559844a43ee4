import { expect, test } from "vitest";
import { isMoved, type Shares, sharesOf } from "./shares";

const BILLED = {
  contractual_adjustment: "30.00",
  other_adjustment: "0.00",
  patient_amount: "25.00",
  insurance_amount: "130.00",
  payment_status: "partially_paid",
} as const;
const ANSWERED: Shares = {
  contractual_adjustment: "55.00",
  other_adjustment: "0.00",
  written_off: "0.00",
  patient_amount: "40.00",
  insurance_amount: "90.00",
  is_answered: true,
};

test("after an insurer's answer its shares count, and they differ from the bill", () => {
  expect(sharesOf(BILLED, ANSWERED)).toEqual(ANSWERED);
  expect(isMoved(BILLED, ANSWERED)).toBe(true);
});

test("before, and of a voided record, the shares are those of the bill", () => {
  const billed = sharesOf(BILLED, undefined);
  expect([billed.patient_amount, billed.is_answered, isMoved(BILLED, billed)]).toEqual(["25.00", false, false]);
  expect(sharesOf({ ...BILLED, payment_status: "voided" }, ANSWERED)).toEqual(billed);
});
