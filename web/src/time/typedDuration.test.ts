import { expect, it } from "vitest";
import { typedMinutes } from "./typedDuration";

it.each([
  ["90", 90],
  ["90 min", 90],
  ["90min.", 90],
  ["1h30", 90],
  ["1:15", 75],
  ["1 h 30 min", 90],
  ["1 hour 5 minutes", 65],
  ["1.5 h", 90],
  ["1,5h", 90],
  ["1.1 h", 66],
  ["2 hrs", 120],
  ["0", 0],
])("%s is a duration of %i minutes", (text, minutes) => {
  expect(typedMinutes(text)).toBe(minutes);
});

it.each(["", "1,5", "1.5", "1:75", "1h75", "1.33 h", "-5", "5-10", "half an hour", "1.5 h 10"])(
  "%j is no duration",
  (text) => {
    expect(typedMinutes(text)).toBeNull();
  },
);
