import { expect, it } from "vitest";
import { absenceOf } from "./absent";

const COUPLE = { client_id: "jonas", service_code: "90847" };

it("names the service without the client where the client who is billed did not attend", () => {
  expect(absenceOf(COUPLE, null, ["maria"])).toEqual({ clientId: "jonas", code: "90847", without: "90846" });
});

it("names none where the client attended, where nobody did, and for other services", () => {
  expect(absenceOf(COUPLE, null, ["maria", "jonas"])).toBeNull();
  expect(absenceOf(COUPLE, null, [])).toBeNull();
  expect(absenceOf({ ...COUPLE, service_code: "90853" }, null, ["maria"])).toBeNull();
  expect(absenceOf(COUPLE, "90846", ["maria"])).toBeNull();
});
