import { describe, expect, it } from "vitest";
import { inPercent } from "../percent";
import { hoursShown, levelOf, shareOf } from "./usage";

describe("how much is used", () => {
  it("is nothing that can be said where it was not open", () => {
    expect(shareOf({ booked_minutes: 0, held_minutes: 0, open_minutes: 0 })).toBeNull();
    expect(shareOf({ booked_minutes: 40, held_minutes: 20, open_minutes: 120 })).toBe(0.5);
  });

  it("shows the least use, and never more than full", () => {
    expect([levelOf(null), levelOf(0), levelOf(0.001), levelOf(1), levelOf(1.2)]).toEqual([0, 0, 1, 5, 5]);
    expect([inPercent(0), inPercent(0.004), inPercent(0.126)]).toEqual(["0%", "<1%", "13%"]);
  });

  it("shows the hours between the first and the last", () => {
    expect(hoursShown([{ hour: 9 }, { hour: 12 }])).toEqual([9, 10, 11, 12]);
    expect(hoursShown([])).toEqual([]);
  });
});
