import { describe, expect, it } from "vitest";
import {
  addDays,
  addMinutes,
  clockChanges,
  dayOf,
  hoursIn,
  inOrderOfWeek,
  instantsOf,
  isShownTwice,
  minutesBetween,
  startOfDay,
  timeOf,
  wallOf,
  weekOf,
} from "./clock";
import { conventionsOf } from "./locale";
import { countdownInWords, dayInWords, durationInWords, elapsedInWords, timeInWords, zoneInWords } from "./text";

const NEW_YORK = "America/New_York";
const BERLIN = "Europe/Berlin";
const PHOENIX = "America/Phoenix";

describe("a site's clock", () => {
  it("shows the same instant differently in New York and in Berlin", () => {
    expect(wallOf("2026-03-02T14:00:00Z", NEW_YORK)).toBe("2026-03-02 09:00:00");
    expect(wallOf("2026-03-02T14:00:00Z", BERLIN)).toBe("2026-03-02 15:00:00");
  });

  it("has the day of the site, not of UTC", () => {
    expect(dayOf("2026-03-03T03:30:00Z", NEW_YORK)).toBe("2026-03-02");
    expect(timeOf("2026-03-03T03:30:00Z", NEW_YORK)).toBe("22:30");
  });

  it("never shows 02:30 on the Sunday on which it is set forward", () => {
    expect(instantsOf("2026-03-08 02:30:00", NEW_YORK)).toEqual([]);
    expect(instantsOf("2026-03-29 02:30:00", BERLIN)).toEqual([]);
  });

  it("shows 01:30 twice on the Sunday on which it is set back", () => {
    expect(instantsOf("2026-11-01 01:30:00", NEW_YORK)).toEqual(["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"]);
    expect(isShownTwice("2026-11-01T05:30:00Z", NEW_YORK)).toBe(true);
    expect(isShownTwice("2026-11-01T07:30:00Z", NEW_YORK)).toBe(false);
  });

  it("shows every other time once, and there and back is the same instant", () => {
    for (const instant of [
      "2026-03-08T06:59:00Z",
      "2026-03-08T07:00:00Z",
      "2026-11-01T04:59:00Z",
      "2026-11-01T07:00:00Z",
    ]) {
      expect(instantsOf(wallOf(instant, NEW_YORK), NEW_YORK)).toEqual([instant]);
    }
  });

  it("keeps nine o'clock in the week after the clocks were set, an hour nearer to UTC", () => {
    expect(instantsOf("2026-03-06 09:00:00", NEW_YORK)).toEqual(["2026-03-06T14:00:00Z"]);
    expect(instantsOf("2026-03-09 09:00:00", NEW_YORK)).toEqual(["2026-03-09T13:00:00Z"]);
  });

  it("knows days of 23 and 25 hours, and sites that never set their clocks", () => {
    expect([hoursIn("2026-03-08", NEW_YORK), hoursIn("2026-11-01", NEW_YORK), hoursIn("2026-03-08", PHOENIX)]).toEqual([
      23, 25, 24,
    ]);
    expect(clockChanges(weekOf("2026-03-08"), NEW_YORK)).toEqual(["2026-03-08"]);
    expect(clockChanges(weekOf("2026-03-15"), NEW_YORK)).toEqual([]);
  });

  it("counts the minutes that really pass over a night without 02:00", () => {
    expect(minutesBetween(startOfDay("2026-03-08", NEW_YORK), startOfDay("2026-03-09", NEW_YORK))).toBe(23 * 60);
    expect(timeOf(addMinutes("2026-03-08T06:45:00Z", 30), NEW_YORK)).toBe("03:15");
  });

  it("has seven days in a week, over the ends of months and years", () => {
    expect(weekOf("2026-12-31", conventionsOf(BERLIN))).toEqual([
      "2026-12-28",
      "2026-12-29",
      "2026-12-30",
      "2026-12-31",
      "2027-01-01",
      "2027-01-02",
      "2027-01-03",
    ]);
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  });

  it("lists weekdays from the first day of the week at the site", () => {
    const days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    expect(inOrderOfWeek(days, conventionsOf(NEW_YORK)).join(" ")).toBe("Su Mo Tu We Th Fr Sa");
    expect(inOrderOfWeek(days, conventionsOf(BERLIN))).toEqual(days);
  });
});

describe("times in words", () => {
  it("say which of two half past ones is meant", () => {
    expect(timeInWords("2026-11-01T05:30:00Z", NEW_YORK)).not.toBe(timeInWords("2026-11-01T06:30:00Z", NEW_YORK));
    expect(timeInWords("2026-11-01T06:30:00Z", NEW_YORK)).toContain("-5");
  });

  it("name the zone with its offset of the season", () => {
    expect(zoneInWords(NEW_YORK, "2026-03-02T14:00:00Z")).toBe("EST (UTC−05:00)");
    expect(zoneInWords(NEW_YORK, "2026-03-09T14:00:00Z")).toBe("EDT (UTC−04:00)");
    expect(zoneInWords(BERLIN, "2026-03-02T14:00:00Z")).toBe("CET (UTC+01:00)");
  });

  it("are short", () => {
    expect(dayInWords("2027-03-01", { year: true })).toBe("Mon, Mar 1, 2027");
    expect([durationInWords(50), durationInWords(60), durationInWords(90)]).toEqual(["50 min", "1 h", "1 h 30 min"]);
    expect([elapsedInWords(31.4), elapsedInWords(1234), elapsedInWords(180_000)]).toEqual(["31 ms", "1.2 s", "3 min"]);
    expect([9, 75, -1, 7199].map(countdownInWords)).toEqual(["0:09", "1:15", "0:00", "1 h 59 min"]);
  });
});
