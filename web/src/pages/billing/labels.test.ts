import { expect, test } from "vitest";
import { filingInWords } from "./labels";

test("what an insurer is stands in words beside its code, and a code without words by itself", () => {
  expect([filingInWords("CI"), filingInWords("Q7")]).toEqual(["Commercial insurance, CI", "Q7"]);
});
