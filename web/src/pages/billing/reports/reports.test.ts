import { expect, test } from "vitest";
import { cellInWords } from "./reports";

test("a report names kinds, states and ways to pay in words, and leaves names as they are", () => {
  const text = [
    ["kind", "provider_adjustment"],
    ["kind", "write_off"],
    ["kind", "contractual"],
    ["posted_as", "write_off"],
    ["state", "asked_again"],
    ["method", "check"],
    ["reason", "A_1"],
  ].map(([column = "", text = ""]) => cellInWords(column, text));
  expect(text).toEqual([
    "provider adjustment",
    "write-off",
    "contractual",
    "write-off",
    "claimed again",
    "check",
    "A_1",
  ]);
});
