import { useQueryClient } from "@tanstack/react-query";
import { screen, waitFor, within } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import type { Operations, ParkedMessage } from "@/api";
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
const PARKED: ParkedMessage = {
  id: "01956b3a-813d-7e26-bbb1-cf62184ad1fa",
  where: "inbox",
  type: "scheduling.lost.v1",
  since: "2026-03-02T10:30:00Z",
  reason: "rejected",
  explanation: "It cannot be read.",
  attempts: 1,
  size: 2,
  body: {},
  truncated: false,
};
const PATHS = [
  "/api/catalog/operations",
  "/api/rooms/operations",
  "/api/scheduling/operations",
  "/api/billing/operations",
] as const;

/** The page, opened again a while after billing answered last. */
function WithAnOldAnswer() {
  const queries = useQueryClient();
  useState(() => queries.setQueryData(["get", "/api/billing/operations"], READY, { updatedAt: Date.now() - 15_000 }));
  return <OperationsPage />;
}

function open(billing: Operations | "awaited" = READY, page = <OperationsPage />) {
  for (const path of PATHS) {
    answers("get", path, READY);
  }
  server.use(http.get("*/operations/sagas", () => delay("infinite")));
  if (billing === "awaited") {
    server.use(http.get("*/api/billing/operations", () => delay("infinite")));
  } else {
    answers("get", "/api/billing/operations", billing);
  }
  return show(page, { at: "/operations" });
}

const parked = () => within(screen.getByRole("region", { name: "Parked messages" }));

it("does not say that no message is parked while a service has not answered", async () => {
  open("awaited");
  await waitFor(() => expect(screen.getAllByText("ready")).toHaveLength(3));
  expect(parked().getByLabelText("Loading")).toBeVisible();
  expect(screen.queryByText(NOTHING)).toBeNull();
});

it("does not call a service ready whose last answer is old", async () => {
  open("awaited", <WithAnOldAnswer />);
  await waitFor(() => expect(screen.getAllByText("ready")).toHaveLength(3));
  const card = within(screen.getByRole("article", { name: "billing" }));
  expect(card.getByText("no recent answer")).toBeVisible();
  expect(screen.getByText("no recent answer from billing")).toBeVisible();
  expect(screen.queryByText("every service is ready")).toBeNull();
});

it("says that every service is ready when all have just said so", async () => {
  open();
  expect(await screen.findByText("every service is ready")).toBeVisible();
  expect(screen.getAllByText("ready")).toHaveLength(4);
});

it("counts the parked messages that are shown only when every list has come", async () => {
  open({ ...READY, parked_messages: 3 });
  answers("get", "/api/rooms/operations", { ...READY, parked_messages: 3 });
  answers("get", "/api/rooms/operations/parked", {
    items: [PARKED, { ...PARKED, id: `${PARKED.id}2` }],
    in_queue: 3,
    in_outbox: 0,
  });
  server.use(http.get("*/api/billing/operations/parked", () => delay("infinite")));
  expect(await screen.findAllByRole("button", { name: "Show scheduling.lost.v1" })).toHaveLength(2);
  expect(screen.queryByText(/messages are shown and searched/)).toBeNull();
});

it("shows the text of a parked message that is not JSON", async () => {
  const user = open({ ...READY, parked_messages: 1 });
  const unreadable = { ...PARKED, body: null, text: "{Jonas" };
  answers("get", "/api/billing/operations/parked", { items: [unreadable], in_queue: 1, in_outbox: 0 });
  await user.click(await screen.findByRole("button", { name: "Show scheduling.lost.v1" }));
  expect(screen.getByLabelText("Content")).toHaveTextContent("{Jonas");
});

it("shows a message whole of which the list has only the beginning", async () => {
  const user = open({ ...READY, parked_messages: 1 });
  const begins: ParkedMessage = { ...PARKED, size: 60_003, body: null, text: '{"name":"Jo', truncated: true };
  const body = { name: "Jonas" };
  server.use(
    http.get("*/api/billing/operations/parked", ({ request }) => {
      const isWhole = new URL(request.url).searchParams.get("id") === PARKED.id;
      const items = [isWhole ? { ...begins, body, text: null, truncated: false } : begins];
      return HttpResponse.json({ items, in_queue: 1, in_outbox: 0 });
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Show scheduling.lost.v1" }));
  await waitFor(() => expect(screen.getByLabelText("Content")).toHaveTextContent('{ "name": "Jonas" }'));
  expect(screen.getByText("60003 bytes")).toBeVisible();
});

it("says that booked sessions are counted until they are over", async () => {
  open();
  answers("get", "/api/scheduling/operations/sagas", {
    sessions: { booked: 784 },
    waiting: {},
    counted_at_most: 10_000,
    items: [],
  } as never);
  expect(await screen.findByText("booked and not over", { exact: false })).toHaveTextContent("784 booked and not over");
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

it("names the time zone of its times, and has each in UTC as well, as the logs have it", async () => {
  open({ ...READY, parked_messages: 1 });
  answers("get", "/api/billing/operations/parked", { items: [PARKED], in_queue: 1, in_outbox: 0 });
  expect(await screen.findByText(/^Times are on the clock of Harbor Street: E[SD]T \(UTC.0[45]:00\)\./)).toBeVisible();
  expect(await screen.findByTitle("2026-03-02T10:30:00Z, as in the logs")).toHaveTextContent("5:30 AM");
});

describe("Parked", () => {
  it("asks with the number and the services before every parked message is retried", async () => {
    const user = open({ ...READY, parked_messages: 3 });
    answers("get", "/api/billing/operations/parked", { items: [PARKED], in_queue: 3, in_outbox: 0 });
    answers("post", "/api/billing/operations/parked/redrive", { redriven: 3, tried_again: 0, not_found: [], left: 0 });
    await screen.findByRole("button", { name: "Show scheduling.lost.v1" });
    await user.click(screen.getByRole("button", { name: "Retry all" }));
    const dialog = await screen.findByRole("dialog", { name: "Retry 3 messages?" });
    expect(dialog).toHaveTextContent(/every parked message of billing/i);
    expect(screen.queryByText("3 messages are retried.")).toBeNull();
    await user.click(within(dialog).getByRole("button", { name: "Retry all" }));
    expect(await screen.findByText("3 messages are retried.")).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
});
