import { screen, waitFor, within } from "@testing-library/react";
import { delay, http } from "msw";
import { expect, it } from "vitest";
import type { Operations } from "@/api";
import { answers, server } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as OperationsPage } from "./index";

const NOTHING = "No parked messages";
const READY: Operations = {
  service: "rooms",
  release: "development",
  role: "all",
  started_at: "2026-03-02T14:00:00Z",
  uptime_seconds: 60,
  is_ready: true,
  checks: [],
  outbox: { waiting: 0, oldest_seconds: 0, parked: 0 },
  inbox: { messages: 0, consumers: 1, unacknowledged: 0, unacknowledged_for_long: 0, oldest_unacknowledged_seconds: 0 },
  parked_messages: 0,
};
const PATHS = [
  "/api/catalog/operations",
  "/api/rooms/operations",
  "/api/scheduling/operations",
  "/api/billing/operations",
] as const;

function open(billing: Operations | "awaited" = READY) {
  for (const path of PATHS) {
    answers("get", path, READY);
  }
  server.use(http.get("*/operations/sagas", () => delay("infinite")));
  if (billing === "awaited") {
    server.use(http.get("*/api/billing/operations", () => delay("infinite")));
  } else {
    answers("get", "/api/billing/operations", billing);
  }
  show(<OperationsPage />, { at: "/operations" });
}

const parked = () => within(screen.getByRole("region", { name: "Parked messages" }));

it("does not say that no message is parked while a service has not answered", async () => {
  open("awaited");
  await waitFor(() => expect(screen.getAllByText("ready")).toHaveLength(3));
  expect(parked().getByLabelText("Loading")).toBeVisible();
  expect(screen.queryByText(NOTHING)).toBeNull();
});

it("says that no message is parked once every service has said so", async () => {
  open();
  expect(await screen.findByText(NOTHING)).toBeVisible();
});

it("names a service that cannot count its parked messages", async () => {
  open({ ...READY, parked_messages: null });
  expect(await screen.findByText(/^Not known for billing/)).toBeVisible();
  expect(screen.queryByText(NOTHING)).toBeNull();
});
