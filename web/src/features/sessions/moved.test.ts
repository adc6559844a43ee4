import { expect, it } from "vitest";
import { endsUndoOf } from "./moved";

const MOVED = { id: "s", starts_at: "2026-12-02T20:00:00Z", room_id: "r" };
const about = (what: string, data: Record<string, unknown> = {}) => ({
  type: `scheduling.session_${what}.v1`,
  data: { session_id: "s", starts_at: "2026-12-02T20:00:00+00:00", room_id: "r", ...data },
});

it.each([
  ["cancelled", {}, true],
  ["completed", {}, true],
  ["no_show", {}, true],
  ["rescheduled", {}, false],
  ["rescheduled", { room_id: "other" }, true],
  ["rescheduled", { starts_at: "2026-12-03T20:00:00Z" }, true],
  ["cancelled", { session_id: "another" }, false],
  ["clients_changed", {}, false],
])("after session_%s with %o the undo of a move has ended: %s", (what, data, ended) => {
  expect(endsUndoOf(MOVED, about(what, data))).toBe(ended);
});
