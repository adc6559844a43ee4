import { expect, it } from "vitest";
import { isStale, type LiveEvent } from "./events";

const [HARBOR, HILL] = ["site-harbor", "site-hill"];

function event(type: string, data: Record<string, unknown>, subject?: string): LiveEvent {
  return { id: "1", source: "/scheduling", time: "2026-03-02T09:00:00Z", type, data, ...(subject ? { subject } : {}) };
}

const booked = event("scheduling.session_booked.v1", {
  session_id: "s1",
  site_id: HARBOR,
  therapist_id: "ruth",
  client_id: "jonas",
  client_ids: ["jonas", "ana"],
});

function query(path: string, params: { path?: object; query?: object } = {}): readonly unknown[] {
  return ["get", path, { params }];
}

it.each([
  ["/api/scheduling/sessions", { query: { site_id: HARBOR } }],
  ["/api/scheduling/sessions", { query: { therapist_id: "ruth", day: "2026-03-02" } }],
  ["/api/scheduling/sessions", { query: { client_id: "ana" } }],
  ["/api/scheduling/sessions", {}],
  ["/api/scheduling/sessions/{session_id}", { path: { session_id: "s1" } }],
  ["/api/rooms/calendar", { query: { site_id: HARBOR } }],
  ["/api/scheduling/first-available", { query: { site_id: HILL } }],
])("a session that is booked makes %s stale where it names %j", (path, params) => {
  expect(isStale(query(path, params), booked)).toBe(true);
});

it.each([
  ["/api/scheduling/sessions", { query: { site_id: HILL } }],
  ["/api/scheduling/sessions", { query: { site_id: HARBOR, therapist_id: "ines" } }],
  ["/api/scheduling/sessions", { query: { client_id: "tom" } }],
  ["/api/scheduling/sessions/{session_id}", { path: { session_id: "s2" } }],
  ["/api/rooms/calendar", { query: { site_id: HILL } }],
  ["/api/billing/records", {}],
  ["/api/scheduling/waitlist", { query: { site_id: HILL } }],
  ["/api/scheduling/clients/{client_id}", { path: { client_id: "jonas" } }],
])("a session that is booked leaves %s alone where it names %j", (path, params) => {
  expect(isStale(query(path, params), booked)).toBe(false);
});

it("looks at the sessions of whoever left a group again", () => {
  const changed = { ...booked, type: "scheduling.session_clients_changed.v1" };
  expect(isStale(query("/api/scheduling/sessions", { query: { client_id: "tom" } }), changed)).toBe(true);
});

it("reads one person anew, and whatever lists people", () => {
  const changed = event("scheduling.client_changed.v1", { client_id: "jonas" }, "jonas");
  const path = "/api/scheduling/clients/{client_id}";
  expect(isStale(query(path, { path: { client_id: "jonas" } }), changed)).toBe(true);
  expect(isStale(query(path, { path: { client_id: "ana" } }), changed)).toBe(false);
  expect(isStale(query("/api/scheduling/clients", { query: { q: "jon" } }), changed)).toBe(true);
});

it("takes an event's own id for what it is about", () => {
  const changed = event("rooms.room_changed.v1", { id: "r1", site_id: HARBOR }, "r1");
  expect(isStale(query("/api/rooms/rooms/{room_id}", { path: { room_id: "r1" } }), changed)).toBe(true);
  expect(isStale(query("/api/rooms/rooms/{room_id}", { path: { room_id: "r2" } }), changed)).toBe(false);
  expect(isStale(query("/api/rooms/rooms", { query: { site_id: HILL } }), changed)).toBe(false);
  expect(isStale(query("/api/rooms/sites"), changed)).toBe(true);
});

const billed = event("billing.record_created.v1", {
  record_id: "r1",
  session_id: "s1",
  client_id: "jonas",
  site_id: HARBOR,
});

it.each([
  ["/api/billing/records", {}],
  ["/api/billing/records", { query: { site_id: HARBOR } }],
  ["/api/billing/records/totals", { query: { client_id: "jonas" } }],
  ["/api/billing/records/{record_id}/ledger", { path: { record_id: "r1" } }],
  ["/api/billing/sessions/{session_id}/quotes", { path: { session_id: "s1" } }],
  ["/api/billing/claims/unclaimed", {}],
  ["/api/billing/clients/{client_id}/coverages", { path: { client_id: "jonas" } }],
  ["/api/billing/coverages/{coverage_id}", { path: { coverage_id: "c1" } }],
  ["/api/billing/preview", { query: { client_id: "jonas" } }],
  ["/api/billing/series/preview", {}],
  ["/api/billing/remittances", {}],
  ["/api/billing/reports/aging", {}],
  ["/api/billing/changes", {}],
])("a record of a session makes %s stale where it names %j", (path, params) => {
  expect(isStale(query(path, params), billed)).toBe(true);
});

it.each([
  ["/api/billing/records", { query: { site_id: HILL } }],
  ["/api/billing/reports/aging", { query: { site_id: HILL } }],
  ["/api/billing/records/{record_id}/ledger", { path: { record_id: "r2" } }],
  ["/api/billing/clients/{client_id}/coverages", { path: { client_id: "ana" } }],
  ["/api/billing/preview", { query: { client_id: "ana" } }],
  ["/api/billing/payers", {}],
  ["/api/billing/payers/{payer_id}/fees", { path: { payer_id: "p1" } }],
  ["/api/billing/diagnosis-codes", { query: { q: "anxiety" } }],
  ["/api/billing/organization", {}],
  ["/api/billing/providers/{therapist_id}", { path: { therapist_id: "ruth" } }],
])("a record of a session leaves %s alone where it names %j", (path, params) => {
  expect(isStale(query(path, params), billed)).toBe(false);
});

it("leaves everything alone after an event that concerns nothing on the screen", () => {
  expect(isStale(query("/api/rooms/rooms"), event("rooms.holds_answered.v1", {}))).toBe(false);
});
