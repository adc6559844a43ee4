import { expect, test } from "vitest";
import { NO_TERMS, sentChanges, sentTerms } from "./terms";

const TODAY = "2026-11-28";

test("what is left of a plan is sent with the day of which it is", () => {
  const changed = { deductible_remaining: "90", visits_authorized: "12", authorization_number: "A-7" };
  expect(sentChanges(changed, TODAY)).toEqual({
    deductible_remaining: "90.00",
    visits_authorized: 12,
    authorization_number: "A-7",
    as_of: TODAY,
  });
  expect(sentChanges({ out_of_pocket_remaining: "" }, TODAY)).toEqual({ out_of_pocket_remaining: null, as_of: TODAY });
});

test("other terms are of no day", () => {
  expect(sentChanges({ copay: "", authorization_number: " " }, TODAY)).toEqual({
    copay: "0.00",
    authorization_number: null,
  });
  expect(sentChanges({ copay_after_deductible: false }, TODAY)).toEqual({ copay_after_deductible: false });
});

test("an empty limit is none, and what is no number is left to the service to refuse", () => {
  expect(sentTerms({ ...NO_TERMS, visits_authorized: "a few", out_of_pocket_remaining: "" })).toMatchObject({
    out_of_pocket_remaining: null,
    visits_authorized: "a few",
    deductible_remaining: "0.00",
  });
});
