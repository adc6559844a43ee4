import { expect, test } from "vitest";
import { forStaff, paymentsInWords } from "./labels";

test("the fields of the service are not named at a desk, however often they stand there", () => {
  const text =
    "Post it as it is (accept), or without this claim (leave_out). 2 claims: post them as they are (accept).";
  expect(forStaff(text)).toBe("Post it as it is, or without this claim. 2 claims: post them as they are.");
  expect(forStaff("Correct the organization (PUT /organization).")).toBe("Correct the organization.");
});

test("the amounts of a reason have their currency, and nothing else has", () => {
  const reason =
    "The claims are paid 1165.00, less -0.50 of 2026-03-02; the payment is 165.00. HF1.00 and 20.00% stay.";
  expect(forStaff(reason)).toBe(
    "The claims are paid $1,165.00, less -$0.50 of 2026-03-02; the payment is $165.00. HF1.00 and 20.00% stay.",
  );
});

test("a file of several payments is counted in good grammar, and what is not there is not counted", () => {
  expect(paymentsInWords(2, 0)).toBe("The file has 2 payments; all are posted.");
  expect(paymentsInWords(2, 1)).toBe("The file has 2 payments; 1 is parked.");
  expect(paymentsInWords(3, 2)).toBe("The file has 3 payments; 2 are parked.");
});
