import { describe, expect, it } from "vitest";
import { meant } from "./span";

const NEW_YORK = "America/New_York";
const day = (from: string, fromTime: string, to: string, toTime: string) => ({ from, fromTime, to, toTime });

describe("a typed span", () => {
  it("is meant on the site's clock", () => {
    expect(meant(day("2026-03-02", "09:00", "2026-03-02", "12:00"), NEW_YORK)).toEqual({
      starts_at: "2026-03-02T14:00:00Z",
      ends_at: "2026-03-02T17:00:00Z",
    });
  });

  it("covers both of two times that look alike", () => {
    expect(meant(day("2026-11-01", "01:30", "2026-11-01", "01:30"), NEW_YORK)).toEqual({
      starts_at: "2026-11-01T05:30:00Z",
      ends_at: "2026-11-01T06:30:00Z",
    });
  });

  it("says what is wrong with it", () => {
    const after = "The end must come after the beginning.";
    expect(meant(day("2026-03-02", "12:00", "2026-03-02", "09:00"), NEW_YORK)).toEqual({ problems: { toTime: after } });
    expect(meant(day("2026-03-03", "08:00", "2026-03-02", "09:00"), NEW_YORK)).toEqual({ problems: { to: after } });
    expect(meant(day("2026-03-08", "02:30", "2026-03-08", "09:00"), NEW_YORK)).toEqual({
      problems: { fromTime: "The site's clock skips this time. Choose another." },
    });
    expect(meant(day("2026-03-08", "", "2026-03-08", "09:00"), NEW_YORK)).toEqual({
      problems: { fromTime: "Enter when it begins." },
    });
  });
});
