import { expect, test } from "vitest";
import type { Posting } from "../labels";
import { accountInWords, daysOf, otherRecordOf, postingInWords, receiptOf } from "./postings";

const OTHER = "01a2209d-52fe-761e-8a00-000000000001";

function posting(kind: Posting["kind"], payer: Posting["payer"], cash: string, more: Partial<Posting> = {}): Posting {
  const entries = cash === "0.00" ? [] : [{ account: "cash" as const, amount: cash }];
  const days = { received_date: "2026-03-02", deposit_date: "2026-03-02", posted_at: "2026-03-02T20:00:00Z" };
  const nothing = { posted_by: null, method: null, reference: null, reason: null, reverses_id: null };
  return { id: "1", kind, payer, entries, is_reversible: false, ...days, ...nothing, ...more };
}

test("only money has days of receipt and deposit, and what they were entered for", () => {
  const days = (kind: Posting["kind"], more: Partial<Posting> = {}) =>
    daysOf(posting(kind, null, "0.00", more), "America/New_York");
  expect(days("payment")).toEqual(["2026-03-02", "2026-03-02"]);
  expect(days("refund")).toEqual(["2026-03-02", "2026-03-02"]);
  for (const kind of ["charge", "claim", "transfer", "adjustment", "credit", "void"] as const) {
    expect(days(kind)).toEqual([null, null]);
  }
  expect(days("adjustment", { received_date: "2026-02-27" })).toEqual(["2026-02-27", "2026-03-02"]);
  expect(days("charge", { posted_at: "2026-03-03T03:00:00Z" })).toEqual([null, null]);
});

test("a refund goes to whoever gets it, and its reversal says so", () => {
  expect(postingInWords(posting("refund", "client", "-40.00"))).toBe("Refund to the client");
  expect(postingInWords(posting("refund", "insurer", "40.00", { reverses_id: "2" }))).toBe(
    "Refund to the insurer, reversed",
  );
});

test("what an insurer takes back by a file is no payment and has no receipt", () => {
  const taken = posting("payment", "insurer", "-130.00", { method: "era" });
  expect([postingInWords(taken), receiptOf(taken)]).toEqual(["Takeback by the insurer", null]);
});

test("payments and refunds have a paper, what reverses them has none", () => {
  expect(receiptOf(posting("payment", "client", "25.00"))).toBe("Receipt");
  expect(receiptOf(posting("refund", "client", "-25.00"))).toBe("Receipt of the refund");
  expect(receiptOf(posting("payment", "client", "-25.00", { reverses_id: "2" }))).toBeNull();
  expect(receiptOf(posting("payment", "insurer", "0.00"))).toBeNull();
});

test("credit names its direction and the other record, and is no money that was received", () => {
  const given = posting("credit", "client", "-20.00", { reference: OTHER });
  expect([postingInWords(given), otherRecordOf(given)]).toEqual(["The client's credit moved to another record", OTHER]);
  expect(postingInWords(posting("credit", "insurer", "20.00", { reference: OTHER }))).toBe(
    "The insurer's credit from another record",
  );
  expect(otherRecordOf(posting("credit", "client", "0.00"))).toBeNull();
  expect([accountInWords("credit", "cash"), accountInWords("payment", "cash")]).toEqual(["other record", "received"]);
});

test("a write-off is of a part, not by somebody", () => {
  expect(postingInWords(posting("write_off", "insurer", "0.00"))).toBe("Write-off of the insurer's part");
});
