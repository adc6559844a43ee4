import { describe, expect, it } from "vitest";
import type { Rate } from "@/api";
import { draw, finality, firstFreeDay, standing, usualDay } from "./timeline";

const TODAY = "2026-05-20";

function rate(amount: string, effective_from: string, effective_to: string | null): Rate {
  return {
    id: effective_from,
    amount,
    effective_from,
    effective_to,
    created_at: "2026-01-01T09:00:00Z",
    created_by: "",
  };
}

const PAST = rate("175.00", "2025-01-01", "2026-05-19");
const PRESENT = rate("185.00", "2026-05-20", "2026-11-30");
const SCHEDULED = rate("195.00", "2026-12-01", null);

describe("a service's rates", () => {
  it("are past, present or scheduled by their days", () => {
    expect([PAST, PRESENT, SCHEDULED].map((one) => standing(one, TODAY))).toEqual(["past", "present", "scheduled"]);
  });

  it("are final at once when they begin today, which is said before", () => {
    expect(finality(TODAY, TODAY)).toContain("cannot be changed or withdrawn");
    expect(finality("2026-05-21", TODAY)).toContain("can be withdrawn until");
  });

  it("are followed by a further one after the last, on the first of a month unless somebody wants otherwise", () => {
    expect(firstFreeDay([PAST], TODAY)).toBe(TODAY);
    expect(firstFreeDay([PAST, PRESENT], TODAY)).toBe("2026-05-21");
    expect(firstFreeDay([PAST, PRESENT, SCHEDULED], TODAY)).toBe("2026-12-02");
    expect(usualDay([PAST], TODAY)).toBe("2026-06-01");
    expect(usualDay([PAST, PRESENT, SCHEDULED], TODAY)).toBe("2027-01-01");
  });

  it("are steps that follow each other without a gap, the dearer the higher", () => {
    const { steps, today } = draw(
      [PAST, PRESENT, SCHEDULED].map((one) => ({
        amount: one.amount,
        from: one.effective_from,
        standing: standing(one, TODAY),
      })),
      TODAY,
    );
    expect(steps.map(({ x2 }) => x2).slice(0, -1)).toEqual(steps.map(({ x1 }) => x1).slice(1));
    expect(steps.map(({ y }) => y)).toEqual([...steps.map(({ y }) => y)].sort());
    expect(steps.every(({ x1, x2, y }) => x1 >= 0 && x2 <= 1 && y > 0 && y < 1)).toBe(true);
    expect(today).toBe(steps[1]?.x1);
  });

  it("are a flat line in the middle where the price never changed", () => {
    const { steps } = draw([{ amount: "0.00", from: "2025-01-01", standing: "present" }], TODAY);
    expect(steps).toMatchObject([{ y: 0.5, x2: 1 }]);
  });
});
