import { describe, expect, it } from "vitest";
import { followConventionsOf } from "./locale";
import { periodInWords } from "./text";

const NEW_YORK = "America/New_York";

describe("a period", () => {
  followConventionsOf(NEW_YORK);

  it("of whole days is written as days, also where the clocks are set", () => {
    expect(periodInWords("2026-12-03T05:00:00Z", "2026-12-04T05:00:00Z", NEW_YORK)).toBe("Thu, Dec 3, all day");
    expect(periodInWords("2026-12-03T05:00:00Z", "2026-12-06T05:00:00Z", NEW_YORK)).toBe("Thu, Dec 3 to Sat, Dec 5");
    expect(periodInWords("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", NEW_YORK)).toBe("Sun, Nov 1, all day");
  });

  it("is written as at its own zone, whichever site is looked at", () => {
    expect(periodInWords("2026-12-02T23:00:00Z", "2026-12-03T23:00:00Z", "Europe/Berlin")).toBe("Thu, 3 Dec, all day");
  });

  it("of hours keeps its times", () => {
    expect(periodInWords("2026-12-03T14:00:00Z", "2026-12-03T22:00:00Z", NEW_YORK)).toBe(
      "Thu, Dec 3, 9:00 AM – 5:00 PM",
    );
    expect(periodInWords("2026-12-03T05:00:00Z", "2026-12-04T22:00:00Z", NEW_YORK)).toBe(
      "Thu, Dec 3, 12:00 AM – Fri, Dec 4, 5:00 PM",
    );
  });
});
