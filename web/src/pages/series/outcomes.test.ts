import { expect, test } from "vitest";
import { countedInWords, foreseenInWords } from "./outcomes";
import type { MovePreview } from "./rule";

const preview = (moving: number, staying: number, same = 0) =>
  ({ dates: Array.from({ length: moving + staying + same }), moving, staying }) as unknown as MovePreview;

test("the preview of a move says how many sessions can be moved and how many cannot", () => {
  expect(foreseenInWords(preview(1, 0))).toBe("1 session can be moved.");
  expect(foreseenInWords(preview(3, 0, 1))).toBe(
    "All 3 sessions can be moved; 1 already has a time of the moved series.",
  );
  expect(foreseenInWords(preview(2, 1))).toBe("2 of 3 sessions can be moved; 1 cannot.");
});

test("what became of a move is counted by outcome", () => {
  expect(countedInWords([{ outcome: "stays" }, { outcome: "moved" }, { outcome: "moved" }])).toBe(
    "2 moved, 1 not moved",
  );
});
