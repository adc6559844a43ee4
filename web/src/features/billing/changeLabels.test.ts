import { expect, test } from "vitest";
import { fieldInWords, valueInWords } from "./changeLabels";

test("the change log writes fields and values as people do", () => {
  expect([fieldInWords("mode"), valueInWords("in_network")]).toEqual(["Network", "In network"]);
  expect([fieldInWords("effective_to"), valueInWords(null)]).toEqual(["To", ""]);
  expect(valueInWords("2026-08-31")).toBe("Aug 31, 2026");
  expect([fieldInWords("cash"), fieldInWords("cash", "credit")]).toEqual(["Received", "Other record"]);
  expect([fieldInWords("patient_ar"), valueInWords(false)]).toEqual(["Client owes", "no"]);
  expect(valueInWords({ line1: "12 Harbor Street", line2: null, city: "Portland" })).toBe("12 Harbor Street, Portland");
});

test("what somebody wrote stays as it was written", () => {
  expect(valueInWords("client_asked for_it")).toBe("client_asked for_it");
});
