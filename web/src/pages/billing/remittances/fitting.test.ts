import { expect, test } from "vitest";
import { fitting } from "./fitting";

const CLAIM = {
  record_id: "r1",
  client_id: "c1",
  control_number: "HF1",
  payer_name: "Pine Health",
  service_date: "2026-03-02",
  total_amount: "185.00",
  frequency: "1",
  to_be_withdrawn: false,
} as const;

test("claims of the payment's payer stand first, each with whom, when and how much", () => {
  const claims = [
    CLAIM,
    { ...CLAIM, record_id: "r2", client_id: "c2", payer_name: "Harbor Mutual", service_date: "2026-03-04" },
    { ...CLAIM, record_id: "r3", payer_name: "HARBOR MUTUAL", control_number: "HF3" },
  ];
  const found = fitting(claims, new Map([["c1", "Ann Weber"]]), { payer: "Harbor Mutual", day: "2026-03-02" });
  expect(found.map(({ value }) => value)).toEqual(["r3", "r2", "r1"]);
  expect(found[0]?.label).toBe("Ann Weber, HARBOR MUTUAL, Mon, Mar 2, $185.00, HF3");
  expect(found[1]?.label).toMatch(/^A client, /);
});

test("what takes a claim back, what is to be withdrawn, and a record's second claim are not offered", () => {
  const claims = [
    { ...CLAIM, frequency: "8" as const },
    { ...CLAIM, to_be_withdrawn: true },
    { ...CLAIM, record_id: "r2", frequency: "7" as const },
    { ...CLAIM, record_id: "r2" },
  ];
  expect(fitting(claims, new Map(), { payer: null, day: null }).map(({ value }) => value)).toEqual(["r2"]);
});
