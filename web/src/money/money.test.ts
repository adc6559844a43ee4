import { expect, it } from "vitest";
import { conventionsOf } from "@/time";
import { cents, inDollars, inShortDollars, isNothing, ofCents, sum } from ".";

it("is written with its currency and keeps every cent", () => {
  expect(inDollars("1234.50")).toBe("$1,234.50");
  expect(inDollars("-0.05")).toBe("-$0.05");
  expect(inDollars("90071992547409.93")).toBe("$90,071,992,547,409.93");
});

it("is written as at the site, in the browser's language", () => {
  const at = (zone: string, language: string) =>
    inDollars("1234.50", conventionsOf(zone, language).numbers).replaceAll(/\s/g, " ");
  expect(at("Europe/Berlin", "de")).toBe("1.234,50 $");
  expect(at("Europe/Zurich", "de-DE")).toMatch(/1['’]234\.50/);
  expect(at("America/New_York", "en-GB")).toBe("$1,234.50");
});

it("adds up without floats", () => {
  expect(sum(["0.10", "0.20"])).toBe("0.30");
  expect(sum([])).toBe("0.00");
  expect(sum(["185.00", "-185.05"])).toBe("-0.05");
  expect(ofCents(cents("-7.09"))).toBe("-7.09");
});

it("refuses what is no amount", () => {
  expect(() => cents("1.5")).toThrow("not an amount");
  expect(isNothing("0.00")).toBe(true);
});

it("is short at the axis of a chart, in the browser's language and without rounding what lies between two lines", () => {
  const short = (amount: number, locale: string) => inShortDollars(amount, locale).replaceAll(/\s/g, " ");
  expect([0, 262_500, 800_000, 1_050_000].map((amount) => short(amount, "en-US"))).toEqual([
    "$0",
    "$262.5K",
    "$800K",
    "$1.05M",
  ]);
  expect([800_000, 1_050_000].map((amount) => short(amount, "de-DE"))).toEqual(["800.000 $", "1,05 Mio. $"]);
});
