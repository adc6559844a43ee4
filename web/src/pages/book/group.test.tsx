import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { CLIENT, COVERAGE, id, PREVIEW, ROOM, SERVICE, THERAPIST } from "@/testing/samples";
import { answers, refuses, sent, server } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as Book } from "./index";

const OTHER = { ...CLIENT, id: id("33"), full_name: "Ada Papermoon" };
const COVERAGES = "/api/billing/clients/{client_id}/coverages";

/** A booking of a service that is billed to each of two clients. */
function open() {
  answers("get", "/api/scheduling/clients", { items: [CLIENT, OTHER], next_cursor: null });
  for (const client of [CLIENT, OTHER]) {
    server.use(
      http.get(`${window.location.origin}/api/scheduling/clients/${client.id}`, () => HttpResponse.json(client)),
    );
  }
  answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
  answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("post", "/api/scheduling/series/preview", {
    occurrences: [],
    bookable: 2,
    with_problems: 0,
    clock_changes: [],
  });
  answers("get", "/api/catalog/services/{service_id}/rates", { items: [], next_cursor: null });
  answers("post", "/api/billing/preview", PREVIEW);
  answers("get", "/api/billing/payers/{payer_id}");
  answers("post", "/api/scheduling/series");
  const who = `client=${CLIENT.id}&with=${OTHER.id}&therapist=${THERAPIST.id}&service=${SERVICE.id}`;
  return show(<Book />, { at: `/book?${who}&day=2099-03-02&time=10:00&every=week&times=2` });
}

/** The second client alone is insured. */
function onlyTheOtherIsInsured() {
  const coverages = `${window.location.origin}/api/billing/clients`;
  server.use(
    http.get(`${coverages}/${CLIENT.id}/coverages`, () => HttpResponse.json({ items: [], next_cursor: null })),
    http.get(`${coverages}/${OTHER.id}/coverages`, () =>
      HttpResponse.json({ items: [{ ...COVERAGE, client_id: OTHER.id }], next_cursor: null }),
    ),
    http.post(`${window.location.origin}/api/billing/preview`, async ({ request }) => {
      const { client_id } = (await request.json()) as { client_id: string };
      return HttpResponse.json({ ...PREVIEW, patient_amount: client_id === OTHER.id ? "25.00" : "185.00" });
    }),
  );
}

it("bills insurance when another client than the first is insured, and shows what each of them owes", async () => {
  const user = open();
  onlyTheOtherIsInsured();
  expect(
    await screen.findByText(/^Covered: Ada Papermoon. No coverage on file for this date: Jonas Reed.$/),
  ).toBeVisible();
  expect(screen.getByRole("switch", { name: /^Bill insurance/ })).toBeChecked();
  expect(await screen.findByRole("row", { name: /Ada Papermoon owes.*\$25\.00/ })).toBeVisible();
  expect(screen.getByRole("row", { name: /Jonas Reed owes.*\$185\.00/ })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Book 2 sessions" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({
    client_id: CLIENT.id,
    other_client_ids: [OTHER.id],
    insurance_applicable: true,
  });
});

it("bills insurance while billing does not say who is insured", async () => {
  const user = open();
  refuses("get", COVERAGES, { status: 404, type: "/problems/not-found" });
  expect(await screen.findByText(/coverage is unknown/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Book 2 sessions" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({ insurance_applicable: true });
});

it("shows no price and books nothing before it is known who is insured", async () => {
  open();
  server.use(
    http.get(`${window.location.origin}/api/billing/clients/:id/coverages`, () => new Promise(() => undefined)),
  );
  expect(await screen.findByText("Waiting for what covers the client …")).toBeVisible();
  expect(screen.getByRole("button", { name: "Book 2 sessions" })).toBeDisabled();
  expect(screen.queryByText(/owes/)).toBeNull();
});

it("says of a series that its first sessions use up what remains of the deductible", async () => {
  open();
  answers("get", COVERAGES, { items: [COVERAGE], next_cursor: null });
  const insured = { insurance_covered: true, insurance_amount: "40.70", deductible_amount: "144.30" };
  answers("post", "/api/billing/preview", { ...PREVIEW, ...insured, patient_amount: "144.30" });
  expect(await screen.findByText(/owes, the first session$/)).toBeVisible();
  expect(screen.getByText(/use up what remains of the deductible/)).toBeVisible();
  expect(screen.queryByText(/owes, each session/)).toBeNull();
});
