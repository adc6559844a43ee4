import { expect, it } from "vitest";
import { wholeNumber } from "./wholeNumber";

it("reads digits, and nothing else, as a whole number", () => {
  expect(["12", " 8 ", "08", "0"].map(wholeNumber)).toEqual([12, 8, 8, 0]);
  expect(["", " ", "1.5", "1,000", "1e3", "-2", "+2", "٣", "12 sessions", "1".repeat(400)].map(wholeNumber)).toEqual(
    Array(10).fill(null),
  );
});
