import { expect, test } from "vitest";
import { actualTimes } from "./actual";

const ZONE = "America/New_York";

test("what the clock at the site showed is what is meant", () => {
  const planned = { starts_at: "2026-03-02T15:00:00Z", ends_at: "2026-03-02T16:00:00Z" };
  expect(actualTimes(planned, "10:05", "10:58", ZONE)).toEqual({
    start: "2026-03-02T15:05:00Z",
    end: "2026-03-02T15:58:00Z",
  });
});

test("a session that was planned over midnight ends on the day after", () => {
  const planned = { starts_at: "2026-03-03T04:30:00Z", ends_at: "2026-03-03T05:30:00Z" };
  expect(actualTimes(planned, "23:30", "00:20", ZONE)?.end).toBe("2026-03-03T05:20:00Z");
});

test("an end before the beginning stays one, so that it can be said", () => {
  const planned = { starts_at: "2026-03-02T15:00:00Z", ends_at: "2026-03-02T16:00:00Z" };
  expect(actualTimes(planned, "10:00", "09:00", ZONE)?.end).toBe("2026-03-02T14:00:00Z");
});

test("where the clock shows a time twice, the one near the plan is meant", () => {
  const planned = { starts_at: "2026-11-01T06:30:00Z", ends_at: "2026-11-01T07:30:00Z" };
  expect(actualTimes(planned, "01:30", "02:30", ZONE)?.start).toBe("2026-11-01T06:30:00Z");
});

test("a time that the clock never shows is none", () => {
  const planned = { starts_at: "2026-03-08T06:30:00Z", ends_at: "2026-03-08T07:30:00Z" };
  expect(actualTimes(planned, "02:30", "03:30", ZONE)).toBeNull();
  expect(actualTimes(planned, "", "03:30", ZONE)).toBeNull();
});
