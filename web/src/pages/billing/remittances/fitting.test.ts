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
  status: "submitted",
  to_be_withdrawn: false,
} as const;

const NO_MORE = { payer: null, day: null, isReversal: false };

test("claims of the payment's payer stand first, each with whom, when and how much", () => {
  const claims = [
    CLAIM,
    { ...CLAIM, record_id: "r2", client_id: "c2", payer_name: "Harbor Mutual", service_date: "2026-03-04" },
    { ...CLAIM, record_id: "r3", payer_name: "HARBOR MUTUAL", control_number: "HF3" },
  ];
  const found = fitting(claims, new Map([["c1", "Ann Weber"]]), {
    payer: "Harbor Mutual",
    day: "2026-03-02",
    isReversal: false,
  });
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
  expect(fitting(claims, new Map(), NO_MORE).map(({ value }) => value)).toEqual(["r2"]);
});

const CLAIMS = [
  { ...CLAIM, record_id: "r1", status: "paid" as const },
  { ...CLAIM, record_id: "r2", status: "accepted" as const },
  { ...CLAIM, record_id: "r3", status: "rejected" as const },
  { ...CLAIM, record_id: "r4", status: "replaced" as const },
];

test("a payment answers a claim that waits before one that is answered, which says its state", () => {
  const found = fitting(CLAIMS, new Map(), NO_MORE);
  expect(found.map(({ value }) => value)).toEqual(["r2", "r1"]);
  expect(found.map(({ label }) => label.split(", HF1")[1])).toEqual(["", ", paid"]);
});

test("a reversal takes back an answered claim before one that waits", () => {
  const found = fitting(CLAIMS, new Map(), { ...NO_MORE, isReversal: true });
  expect(found.map(({ value }) => value)).toEqual(["r1", "r2"]);
});
