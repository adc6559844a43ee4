import { expect, test } from "vitest";
import { forStaff } from "./labels";

test("the fields of the service are not named at a desk, however often they stand there", () => {
  const text =
    "Post it as it is (accept), or without this claim (leave_out). 2 claims: post them as they are (accept).";
  expect(forStaff(text)).toBe("Post it as it is, or without this claim. 2 claims: post them as they are.");
});
