import { expect, test } from "vitest";
import { cellInWords } from "./reports";

test("a report names kinds, states and ways to pay in words, and leaves names as they are", () => {
  const text = [
    ["kind", "provider_adjustment"],
    ["kind", "write_off"],
    ["kind", "contractual"],
    ["posted_as", "charge"],
    ["state", "asked_again"],
    ["method", "check"],
    ["reason", "A_1"],
  ].map(([column = "", text = ""]) => cellInWords(column, text));
  expect(text).toEqual(["Provider adjustment", "Write-off", "Contractual", "Charge", "Claimed again", "Check", "A_1"]);
});
