import { describe, expect, it } from "vitest";
import { nextSpan, tidied, typedEnd, wrongWith } from "./week";

describe("opening hours", () => {
  it("may have a break at noon, and meet without a gap", () => {
    expect(
      wrongWith([
        ["08:00", "12:00"],
        ["13:00", "18:00"],
      ]),
    ).toBeUndefined();
    expect(
      wrongWith([
        ["12:00", "18:00"],
        ["08:00", "12:00"],
      ]),
    ).toBeUndefined();
  });

  it("say what is wrong with a day", () => {
    expect(
      wrongWith([
        ["08:00", "12:00"],
        ["11:00", "18:00"],
      ]),
    ).toContain("overlap");
    expect(wrongWith([["18:00", "08:00"]])).toContain("must be after");
    expect(wrongWith([["", "08:00"]])).toBe("Enter a time.");
  });

  it("end the day at midnight", () => {
    expect(typedEnd("00:00")).toBe("24:00");
    expect(wrongWith([["20:00", typedEnd("00:00")]])).toBeUndefined();
  });

  it("are sent in order, without closed days", () => {
    expect(
      tidied({
        tue: [
          ["13:00", "18:00"],
          ["08:00", "12:00"],
        ],
        mon: [],
      }),
    ).toEqual({
      tue: [
        ["08:00", "12:00"],
        ["13:00", "18:00"],
      ],
    });
  });

  it("propose a further span that does not overlap", () => {
    const spans: [string, string][] = [["08:00", "12:00"]];
    expect(wrongWith([...spans, nextSpan(spans)])).toBeUndefined();
  });
});
