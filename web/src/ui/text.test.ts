import { expect, it } from "vitest";
import { fieldInWords, hasEveryWord, isOfASheet, unchosenInWords } from "./text";

it.each([
  ["Clients & therapists Who comes", "therap, CLI", true],
  ["Zoë Brandt", "zoe", true],
  ["Rooms", "", true],
  ["Rooms", "rooms hours", false],
])("finds in %j the words %j: %s", (text, words, found) => {
  expect(hasEveryWord(text, words)).toBe(found);
});

it("a wrong cell of a sheet is named by its line and column", () => {
  expect([isOfASheet("line 2: amount"), fieldInWords("line 2: amount")]).toEqual([true, "Line 2, amount"]);
  expect(fieldInWords("line 3: effective_from")).toBe("Line 3, effective from");
  expect([isOfASheet("room_requirements.capacity"), fieldInWords("room_requirements.capacity")]).toEqual([
    false,
    "Room requirements, capacity",
  ]);
});

it("offers Enter for the first match only where something matches", () => {
  expect(unchosenInWords(null, true)).toContain("press Enter for the first match");
  expect(unchosenInWords("Ada Byron", false)).toBe("Still Ada Byron. Nothing matches what is typed.");
});
