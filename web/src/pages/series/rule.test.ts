import { expect, it } from "vitest";
import { outcomeInWords, ruleInWords, type SeriesChange } from "./rule";

it("says how often a series repeats", () => {
  expect(ruleInWords("FREQ=WEEKLY;COUNT=8")).toBe("Every week, 8 times");
  expect(ruleInWords("FREQ=WEEKLY;INTERVAL=2;COUNT=6")).toBe("Every 2 weeks, 6 times");
  expect(ruleInWords("FREQ=MONTHLY;UNTIL=20270101T000000Z")).toBe("Every month");
});

it("says how many sessions a change reached, and how many it did not", () => {
  const problem = { field: "starts_at", code: "therapist-busy", message: "Busy.", fix: null };
  const items = [[], [], [problem]].map((problems, index) => ({ session_id: `${index}`, problems, session: null }));
  expect(outcomeInWords({ id: "s", items } as SeriesChange, "moved")).toBe(
    "2 sessions are moved; 1 stay as they were.",
  );
  expect(outcomeInWords({ id: "s", items: items.slice(0, 1) } as SeriesChange, "cancelled")).toBe(
    "1 session is cancelled.",
  );
});
