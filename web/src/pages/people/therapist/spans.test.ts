import { expect, test } from "vitest";
import { spansInWords, writtenSpans } from "./spans";

test.each([
  [
    "9-12, 13:30-17",
    [
      ["09:00", "12:00"],
      ["13:30", "17:00"],
    ],
  ],
  ["09:00–17:00", [["09:00", "17:00"]]],
  ["9am - 5:30pm", [["09:00", "17:30"]]],
  ["12pm to 8 pm", [["12:00", "20:00"]]],
  ["0900-1200", [["09:00", "12:00"]]],
  ["18-24", [["18:00", "24:00"]]],
  ["", []],
])("%s is meant as it looks", (text, spans) => {
  expect(writtenSpans(text)).toEqual(spans);
});

test.each(["9", "morning", "17-9", "9-12, 11-13", "9-25", "9:75-12", "24:30-24:40"])("%s cannot be hours", (text) => {
  expect(writtenSpans(text)).toBeNull();
});

test("what is written is read back as it was", () => {
  const spans: [string, string][] = [
    ["08:15", "12:00"],
    ["13:00", "16:45"],
  ];
  expect(writtenSpans(spansInWords(spans))).toEqual(spans);
});
