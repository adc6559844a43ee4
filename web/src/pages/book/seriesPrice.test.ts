import { expect, test } from "vitest";
import { flagsOf, runsOf } from "./seriesPrice";

type Visit = Parameters<typeof runsOf>[0][number];

function visit(service_date: string, patient_amount: string, more: Partial<Visit> = {}): Visit {
  const shares = { copay_amount: "0.00", deductible_amount: "0.00", coinsurance_amount: "0.00" };
  const off = { contractual_adjustment: "0.00", other_adjustment: "0.00", insurance_amount: "0.00" };
  const price = { total_amount: "185.00", rate_per_unit: "185.00", insurance_covered: true, flags: [] };
  return { ...shares, ...off, ...price, service_date, patient_amount, ...more };
}

test("sessions in a row that cost the same stand together", () => {
  const visits = [visit("2026-03-02", "150.00"), visit("2026-03-09", "150.00"), visit("2026-03-16", "30.00")];
  expect(runsOf(visits).map(({ first, last, count }) => [first, last, count])).toEqual([
    ["2026-03-02", "2026-03-09", 2],
    ["2026-03-16", "2026-03-16", 1],
  ]);
});

test("another rate parts them, and so does another part of the same sum", () => {
  const visits = [
    visit("2026-03-02", "30.00"),
    visit("2026-03-09", "30.00", { rate_per_unit: "195.00" }),
    visit("2026-03-16", "30.00", { rate_per_unit: "195.00", copay_amount: "30.00" }),
  ];
  expect(runsOf(visits)).toHaveLength(3);
});

test("a flag stands once, with the first session that has it", () => {
  const flag = { code: "AUTHORIZATION_REQUIRED", severity: "error", message: "", suggestion: "" } as const;
  const visits = [
    visit("2026-03-02", "30.00"),
    visit("2026-03-09", "30.00", { flags: [flag] }),
    visit("2026-03-16", "30.00", { flags: [flag] }),
  ];
  expect(flagsOf(visits)).toEqual([{ flag, since: "2026-03-09" }]);
});
