import { describe, expect, it } from "vitest";
import { amountError, typedAmount } from "./typed";

describe("an amount that somebody types", () => {
  it("is understood as it looks", () => {
    expect(["195", "195.5", "195.50", "$1,950.50", " 0.05 ", "007", "1 950", "1 950,50"].map(typedAmount)).toEqual([
      "195.00",
      "195.50",
      "195.50",
      "1950.50",
      "0.05",
      "7.00",
      "1950.00",
      "1950.50",
    ]);
  });

  it("may have a comma before its cents", () => {
    expect(["25,00", "12,5", "1.950,50", "1950,5", "1,950"].map(typedAmount)).toEqual([
      "25.00",
      "12.50",
      "1950.50",
      "1950.50",
      "1950.00",
    ]);
  });

  it("is none when a cent would have to be guessed", () => {
    expect(
      ["", "-5", "25 00", "5 5", "1.234", "abc", "1.2.3", "1e3", "1,95,0", "1950,505", "1,2,3", "1.95,0.0"].map(
        typedAmount,
      ),
    ).toEqual(Array(12).fill(null));
  });
});

describe("an amount that is refused", () => {
  it("is asked for where there is none, and in the form in which people type where it is none", () => {
    const error = "Money is written as a string with two decimals.";
    expect(["", " ", "a lot", "1,2,3"].map((text) => amountError(text, error))).toEqual([
      "This is required.",
      "This is required.",
      "Enter an amount such as 185.00.",
      "Enter an amount such as 185.00.",
    ]);
  });

  it("has the reason of the refusal where it is an amount, and none where nothing is refused", () => {
    expect(amountError("0", "More than 0.00.")).toBe("More than 0.00.");
    expect(amountError("", undefined)).toBeUndefined();
  });
});
