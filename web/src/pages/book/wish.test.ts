import { expect, it } from "vitest";
import { bodyOf, missing, ruleOf, type Wish } from "./wish";

const NEW_YORK = "America/New_York";
const WISH: Wish = {
  clientId: "c",
  therapistId: "t",
  serviceId: "s",
  day: "2026-03-09",
  time: "09:00",
  second: false,
  roomId: null,
  capacity: null,
  equipment: [],
  insurance: false,
  notes: " ",
  backdated: false,
  override: "",
  repeats: null,
};
const ASKED = { client_id: "c", therapist_id: "t", service_id: "s", site_id: "x", insurance_applicable: false };

it("asks for the moment that the site's clock means, and for no duration", () => {
  expect(bodyOf(WISH, "x", NEW_YORK)).toEqual({ ...ASKED, starts_at: "2026-03-09T13:00:00Z" });
});

it("asks for one room, or for what any room must have, never both", () => {
  const needs = { ...WISH, capacity: 3, equipment: ["video"] };
  expect(bodyOf(needs, "x", NEW_YORK)).toMatchObject({ room_requirements: { capacity: 3, equipment: ["video"] } });
  expect(bodyOf({ ...needs, roomId: "r" }, "x", NEW_YORK)).not.toHaveProperty("room_requirements");
});

it("knows which of two half past ones is meant, and that there may be none", () => {
  const night = { ...WISH, day: "2026-11-01", time: "01:30" };
  expect(bodyOf(night, "x", NEW_YORK)?.starts_at).toBe("2026-11-01T05:30:00Z");
  expect(bodyOf({ ...night, second: true }, "x", NEW_YORK)?.starts_at).toBe("2026-11-01T06:30:00Z");
  expect(bodyOf({ ...WISH, day: "2026-03-08", time: "02:30" }, "x", NEW_YORK)).toBeNull();
});

it("says what is missing", () => {
  expect(missing({ ...WISH, clientId: null, time: "" }, NEW_YORK)).toEqual(["a client", "a time"]);
  expect(missing(WISH, NEW_YORK)).toEqual([]);
});

it("repeats by the rule that everybody knows", () => {
  expect(ruleOf({ every: "fortnight", times: 6, mode: "best_effort" })).toBe("FREQ=WEEKLY;INTERVAL=2;COUNT=6");
});
