import { describe, expect, it } from "vitest";
import type { Alternative } from "@/api";
import { choiceOf, isGone } from "./choices";
import type { PreviewedMove } from "./rule";

const NINE = { starts_at: "2026-12-03T14:00:00Z", room_id: "cedar" } as Alternative;
const EIGHT = { starts_at: "2026-12-03T13:15:00Z", room_id: "cedar" } as Alternative;

function date(...alternatives: Alternative[]): PreviewedMove {
  return { session_id: "s", outcome: "stays", alternatives } as unknown as PreviewedMove;
}

describe("a time that was chosen for a date that cannot be moved", () => {
  it("stays that time when others are offered meanwhile", () => {
    expect(choiceOf(date(EIGHT, NINE), { s: NINE })).toMatchObject({
      choice: "alternative",
      starts_at: NINE.starts_at,
    });
    expect(isGone(date(EIGHT, NINE), { s: NINE })).toBe(false);
  });

  it("is gone when it is not offered any more, and never becomes another", () => {
    expect(isGone(date(EIGHT), { s: NINE })).toBe(true);
    expect(choiceOf(date(EIGHT), { s: NINE })).toMatchObject({ starts_at: NINE.starts_at });
  });

  it("is nothing to look for where the date is left or cancelled", () => {
    expect(isGone(date(), {})).toBe(false);
    expect(choiceOf(date(NINE), {})).toEqual({ session_id: "s", choice: "leave" });
    expect(choiceOf(date(NINE), { s: "cancel" })).toEqual({ session_id: "s", choice: "cancel" });
  });
});
