import { expect, it } from "vitest";
import { hasEveryWord } from "./words";

it.each([
  ["Clients & therapists Who comes", "therap, CLI", true],
  ["Zoë Brandt", "zoe", true],
  ["Rooms", "", true],
  ["Rooms", "rooms hours", false],
])("finds in %j the words %j: %s", (text, words, found) => {
  expect(hasEveryWord(text, words)).toBe(found);
});
