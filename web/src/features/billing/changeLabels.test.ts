import { expect, test } from "vitest";
import { fieldInWords, movedInWords, valueInWords } from "./changeLabels";

test("the change log writes fields and values as people do", () => {
  expect([fieldInWords("mode"), valueInWords("in_network")]).toEqual(["Network", "In network"]);
  expect([fieldInWords("effective_to"), valueInWords(null)]).toEqual(["To", ""]);
  expect(valueInWords("2026-08-31")).toBe("Aug 31, 2026");
  expect([fieldInWords("patient_ar"), valueInWords(false)]).toEqual(["Client owes", "no"]);
  expect(valueInWords({ line1: "12 Harbor Street", line2: null, city: "Portland" })).toBe("12 Harbor Street, Portland");
});

test("amounts have their currency, and percentages none", () => {
  expect([valueInWords("152.00", "amount"), valueInWords("20.00", "coinsurance_percent")]).toEqual([
    "$152.00",
    "20.00",
  ]);
});

test("a posting says what becomes more or less of each account, whatever sign that has in the ledger", () => {
  expect(movedInWords("patient_ar", "-185.00", "void")).toBe("Client owes: $185.00 less");
  expect(movedInWords("cash", "-250.00", "unassigned")).toBe("Received: $250.00 less");
  expect(movedInWords("payer_account", "250.00", "unassigned")).toBe("Payer's account: $250.00 less");
  expect(movedInWords("unapplied_credit", "-15.00", "payment")).toBe("Credit: $15.00 more");
  expect(movedInWords("cash", "-15.00", "credit")).toBe("To another record: $15.00");
  expect(movedInWords("amount", "152.00", "fee")).toBeNull();
});

test("what somebody wrote stays as it was written", () => {
  expect(valueInWords("client_asked for_it")).toBe("client_asked for_it");
});
