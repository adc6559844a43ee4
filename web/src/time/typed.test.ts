import { afterEach, describe, expect, it, vi } from "vitest";
import { followConventionsOf } from "./locale";
import { isNoSuchDay, typedDay, typedExamples, typedHere } from "./typed";

const HERE = { today: "2026-11-27", language: "en-US" };
const BERLIN = { today: "2026-11-27", language: "de-DE" };

describe("a typed day", () => {
  it("without a year is the next one, never one of the past", () => {
    expect(typedDay("12/1", HERE)).toBe("2026-12-01");
    expect(typedDay("11/27", HERE)).toBe("2026-11-27");
    expect(typedDay("1/5", HERE)).toBe("2027-01-05");
    expect(typedDay("2/29", HERE)).toBe("2028-02-29");
  });

  it("has the order of the browser's language, unless that makes no day", () => {
    expect(typedDay("12/1", BERLIN)).toBe("2027-01-12");
    expect(typedDay("1.12.", BERLIN)).toBe("2026-12-01");
    expect(typedDay("24.12.", HERE)).toBe("2026-12-24");
    expect(typedDay("1-12", HERE)).toBe("2027-01-12");
    expect(typedDay("12/24", BERLIN)).toBe("2026-12-24");
    expect(typedDay("12/1", { ...HERE, language: "en-GB" })).toBe("2027-01-12");
  });

  it("has its day first where dots are between, in every country", () => {
    expect(typedDay("1.12.", HERE)).toBe("2026-12-01");
    expect(typedDay("1.12.2026", HERE)).toBe("2026-12-01");
    expect(typedDay("12.24.", HERE)).toBe("2026-12-24");
  });

  it("is of the last 30 days rather than of next year where those count too", () => {
    expect(typedDay("11/26", { ...HERE, near: "recent" })).toBe("2026-11-26");
    expect(typedDay("10/28", { ...HERE, near: "recent" })).toBe("2026-10-28");
    expect(typedDay("10/27", { ...HERE, near: "recent" })).toBe("2027-10-27");
    expect(typedDay("12/30", { today: "2027-01-05", language: "en-US", near: "recent" })).toBe("2026-12-30");
  });

  it("does not exist where its month does not have it", () => {
    for (const text of ["2/30", "31.2.", "Feb 30", "13/13", "2026-02-30", "2/29/2027"]) {
      expect([text, isNoSuchDay(text, HERE)]).toEqual([text, true]);
    }
    for (const text of ["2/28", "2/29", "soon", "1", "12/0", "tue", ""]) {
      expect([text, isNoSuchDay(text, HERE)]).toEqual([text, false]);
    }
  });

  it("may have its weekday before it, the right one", () => {
    expect(typedDay("Thu 12/3", HERE)).toBe("2026-12-03");
    expect(typedDay("Thu, Dec 3", HERE)).toBe("2026-12-03");
    expect(typedDay("Thursday Dec 3, 2026", HERE)).toBe("2026-12-03");
    expect(typedDay("Fri 12/3", HERE)).toBeNull();
  });

  it("has the year that is typed", () => {
    expect(typedDay("12/1/2024", HERE)).toBe("2024-12-01");
    expect(typedDay("12/1/28", HERE)).toBe("2028-12-01");
    expect(typedDay("2026-12-01", BERLIN)).toBe("2026-12-01");
  });

  it("is the nearest where the field may mean the past too", () => {
    expect(typedDay("11/1", { ...HERE, near: "nearest" })).toBe("2026-11-01");
    expect(typedDay("1/1", { ...HERE, near: "nearest" })).toBe("2027-01-01");
    expect(typedDay("1/1", { today: "2026-03-05", language: "en-US", near: "nearest" })).toBe("2026-01-01");
  });

  it("is never one to come where the field is about the past", () => {
    expect(typedDay("12/1/85", { ...HERE, near: "past" })).toBe("1985-12-01");
    expect(typedDay("3/2/04", { ...HERE, near: "past" })).toBe("2004-03-02");
    expect(typedDay("12/1/2030", { ...HERE, near: "past" })).toBe("2030-12-01");
    expect(typedDay("11/28", { ...HERE, near: "past" })).toBe("2025-11-28");
    expect(typedDay("2/29", { ...HERE, near: "past" })).toBe("2024-02-29");
  });

  it("may name its month, as the field itself writes it", () => {
    expect(typedDay("Tue, Dec 1, 2026", HERE)).toBe("2026-12-01");
    expect(typedDay("dec 1", HERE)).toBe("2026-12-01");
    expect(typedDay("1 March", HERE)).toBe("2027-03-01");
    expect(typedDay("3. März", BERLIN)).toBe("2027-03-03");
    expect(typedDay("Mon, Mar 1, 2027", HERE)).toBe("2027-03-01");
    expect(typedDay("tomorrow", HERE)).toBe("2026-11-28");
  });

  it.each([
    ["+7", "2026-12-04"],
    ["in 3 days", "2026-11-30"],
    ["in 1 day", "2026-11-28"],
    ["in 2 weeks", "2026-12-11"],
    ["in 3 Tagen", "2026-11-30"],
  ])("may be counted from today: %s", (text, day) => {
    expect(typedDay(text, HERE)).toBe(day);
  });

  it("may be the next such weekday, today included", () => {
    expect(typedDay("Monday", HERE)).toBe("2026-11-30");
    expect(typedDay("fri", HERE)).toBe("2026-11-27");
    expect(typedDay("Donnerstag", BERLIN)).toBe("2026-12-03");
    expect(typedDay("Mo", BERLIN)).toBe("2026-11-30");
    expect(typedDay("Monday", { ...HERE, near: "past" })).toBe("2026-11-23");
  });

  it("is of next week after next", () => {
    expect(typedDay("next tue", HERE)).toBe("2026-12-01");
    expect(typedDay("Next Monday", { ...HERE, today: "2026-11-30" })).toBe("2026-12-07");
    expect(typedDay("next tue", { ...HERE, today: "2026-11-29" })).toBe("2026-12-01");
    expect(typedDay("nächsten Dienstag", BERLIN)).toBe("2026-12-01");
    expect(typedDay("next", HERE)).toBeNull();
  });

  it("is of the week that begins as weeks do at the site", () => {
    const sunday = { today: "2026-11-29", language: "en-US" };
    const fromSunday = { ...sunday, firstDayOfWeek: 0 };
    expect([typedDay("tue", fromSunday), typedDay("next tue", fromSunday)]).toEqual(["2026-12-01", "2026-12-01"]);
    expect(typedDay("next friday", fromSunday)).toBe("2026-12-04");
    expect(typedDay("next sun", fromSunday)).toBe("2026-12-06");
    expect(typedDay("this tue", fromSunday)).toBe("2026-12-01");
    expect(typedDay("this tue", sunday)).toBe("2026-11-24");
    expect(typedDay("diesen Freitag", BERLIN)).toBe("2026-11-27");
    expect(typedDay("next tue", { ...fromSunday, today: "2026-11-30" })).toBe("2026-12-08");
  });

  it("may be a short word, or one of the country of the site", () => {
    expect([typedDay("tmrw", HERE), typedDay("tom", HERE)]).toEqual(["2026-11-28", "2026-11-28"]);
    for (const language of ["de-DE", "en-DE"]) {
      const there = { ...BERLIN, language };
      expect([typedDay("heute", there), typedDay("morgen", there)]).toEqual(["2026-11-27", "2026-11-28"]);
      expect([typedDay("di", there), typedDay("Dienstag", there)]).toEqual(["2026-12-01", "2026-12-01"]);
      expect(typedDay("tomorrow", there)).toBe("2026-11-28");
    }
    expect(typedDay("morgen", HERE)).toBeNull();
  });

  it("is nothing where it is none", () => {
    for (const text of ["", "0", "noon", "mo", "13/13", "2/30", "2026-02-30", "soon", "12", "1/2/3/4"]) {
      expect(typedDay(text, HERE)).toBeNull();
    }
  });
});

describe("a day that is typed at a site", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is counted from the day of the site, whatever day it is elsewhere", () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 11, 31, 23, 30), toFake: ["Date"] });
    followConventionsOf("America/New_York");
    expect([typedHere("today"), typedHere("tomorrow")]).toEqual(["2026-12-31", "2027-01-01"]);
    expect([typedHere("12/31"), typedHere("12/30")]).toEqual(["2026-12-31", "2027-12-30"]);
    followConventionsOf("Asia/Tokyo");
    expect([typedHere("today"), typedHere("tomorrow")]).toEqual(["2027-01-01", "2027-01-02"]);
    expect([typedHere("12/31"), typedHere("12/31", "past")]).toEqual(["2027-12-31", "2026-12-31"]);
  });

  it.each(["America/New_York", "Europe/Berlin", "Asia/Tokyo"])("can be typed as the examples are in %s", (zone) => {
    followConventionsOf(zone);
    const [numbers, words, relative] = typedExamples();
    expect([numbers, words].map((text) => typedHere(text)?.slice(5))).toEqual(["12-31", "12-31"]);
    expect(typedHere(relative)).not.toBeNull();
  });
});
