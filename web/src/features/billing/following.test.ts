import { expect, test } from "vitest";
import { followingInWords, repricedInWords } from "./following";

const KEPT = { record_id: "1", replaced_by: null };
const REPRICED = { record_id: "2", replaced_by: "3" };

test("records that are priced again are told from those that keep their price", () => {
  expect(followingInWords([KEPT, REPRICED, REPRICED])).toBe(
    " One unclaimed record follows it at its price. 2 unclaimed records are priced again.",
  );
  expect([followingInWords([]), repricedInWords([KEPT])]).toEqual(["", ""]);
});
