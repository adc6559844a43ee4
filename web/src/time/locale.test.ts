import { expect, it, vi } from "vitest";
import { weekOf, weekStart } from "./clock";
import { conventionsOf } from "./locale";
import { clockInWords, spanInWords, timeInWords } from "./text";

const [NEW_YORK, BERLIN] = ["America/New_York", "Europe/Berlin"];

it.each([
  ["America/New_York", "en-US", true],
  ["Europe/Berlin", "en-DE", false],
  ["Europe/London", "en-GB", false],
  ["Australia/Sydney", "en-AU", true],
  ["Asia/Tokyo", "en-JP", false],
])("writes the times of %s as people there do, whatever the browser's country", (zone, locale, twelveHours) => {
  expect(conventionsOf(zone, "en-US")).toMatchObject({ locale, twelveHours });
  expect(conventionsOf(zone, "de-DE")).toMatchObject({ locale, numbers: locale.replace("en", "de"), twelveHours });
});

it("uses English words in a German browser, as the calendars of the date fields do", () => {
  vi.stubGlobal("navigator", { language: "de-DE" });
  vi.resetModules();
  return Promise.all([import("./locale"), import("./text"), import("./typed")]).then(([locale, words, typed]) => {
    const day = "2026-12-03";
    expect(words.dayInWords(day, { year: true }), "before there is a site").toBe("Thu, 3 Dec 2026");
    for (const [zone, written, typedDays] of [
      [BERLIN, "Thu, 3 Dec 2026", ["3.12.2026", "3. Dezember 2026", "3 Dec 2026"]],
      [NEW_YORK, "Thu, Dec 3, 2026", ["12/3/2026", "3. Dezember 2026", "Dec 3, 2026"]],
    ] as const) {
      locale.followConventionsOf(zone);
      expect(words.dayInWords(day, { year: true })).toBe(written);
      expect(typedDays.map((text) => typed.typedHere(text))).toEqual([day, day, day]);
      expect(words.momentInWords("2026-12-03T13:30:00Z", zone)).toContain("Thu");
    }
    vi.unstubAllGlobals();
  });
});

it("follows the browser where no country has the zone", () => {
  expect(conventionsOf("UTC", "en-GB")).toMatchObject({ locale: "en-GB", twelveHours: false });
});

it("begins the week on Sunday in New York and on Monday in Berlin", () => {
  expect(weekStart("2026-03-04", conventionsOf(NEW_YORK))).toBe("2026-03-01");
  expect(weekOf("2026-03-01", conventionsOf(NEW_YORK)).at(-1)).toBe("2026-03-07");
  expect(weekStart("2026-03-04", conventionsOf(BERLIN))).toBe("2026-03-02");
  expect(weekStart("2026-03-01", conventionsOf(BERLIN))).toBe("2026-02-23");
});

it("shows the same afternoon with twelve hours in New York and with twenty-four in Berlin", () => {
  expect(timeInWords("2026-03-02T19:30:00Z", NEW_YORK)).toMatch(/^2:30\sPM$/);
  expect(timeInWords("2026-03-02T13:30:00Z", BERLIN)).toBe("14:30");
  expect(spanInWords("2026-03-02T07:05:00Z", "2026-03-02T08:00:00Z", BERLIN)).toBe("08:05 – 09:00");
});

it.each([
  ["09:00", "9:00 AM", "09:00"],
  ["12:15", "12:15 PM", "12:15"],
  ["00:00", "12:00 AM", "00:00"],
  ["17:45:00", "5:45 PM", "17:45"],
  ["24:00", "midnight", "24:00"],
])("writes %s on the clock as %s or %s", (time, twelve, twentyFour) => {
  expect(clockInWords(time, conventionsOf(NEW_YORK))).toBe(twelve);
  expect(clockInWords(time, conventionsOf(BERLIN))).toBe(twentyFour);
});
