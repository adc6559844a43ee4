import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import type { SeriesPrice } from "@/api";
import { CLIENT, COVERAGE, id, PREVIEW, ROOM, SERVICE, THERAPIST } from "@/testing/samples";
import { answers, refuses, sent, server } from "@/testing/services";
import { choose, show } from "@/testing/show";
import { Component as Book } from "./index";

const OTHER = { ...CLIENT, id: id("33"), full_name: "Ada Papermoon" };
const COVERAGES = "/api/billing/clients/{client_id}/coverages";

type Visit = SeriesPrice["visits"][number];

function visit(service_date: string, patient_amount: string, deductible_amount: string): Visit {
  const { copay_amount, coinsurance_amount, other_adjustment, contractual_adjustment } = PREVIEW;
  const shares = { copay_amount, coinsurance_amount, other_adjustment, contractual_adjustment, deductible_amount };
  const price = { rate_per_unit: "185.00", total_amount: "185.00", insurance_covered: true, flags: [] };
  return { ...shares, ...price, insurance_amount: "35.00", patient_amount, service_date };
}

/** What the sessions of a client come to. */
function series(client_id: string, patient_amount: string, ...visits: Visit[]): SeriesPrice {
  const { service_date: _, rate_per_unit: __, insurance_covered: ___, flags: ____, ...shares } = visit("", "", "0.00");
  return { ...shares, total_amount: "370.00", patient_amount, client_id, visits };
}

/** A booking of a service that is billed to each of two clients. */
function open(service = SERVICE) {
  answers("get", "/api/scheduling/clients", { items: [CLIENT, OTHER], next_cursor: null });
  for (const client of [CLIENT, OTHER]) {
    server.use(
      http.get(`${window.location.origin}/api/scheduling/clients/${client.id}`, () => HttpResponse.json(client)),
    );
  }
  answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
  answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
  answers("get", "/api/catalog/services", { items: [service], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("post", "/api/scheduling/series/preview", {
    occurrences: [],
    bookable: 2,
    with_problems: 0,
    clock_changes: [],
  });
  answers("post", "/api/billing/preview", PREVIEW);
  answers("post", "/api/billing/series/preview", { items: [series(CLIENT.id, "370.00"), series(OTHER.id, "370.00")] });
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
    http.post(`${window.location.origin}/api/billing/series/preview`, async ({ request }) => {
      const { client_ids } = (await request.json()) as { client_ids: string[] };
      const items = client_ids.map((client) => series(client, client === OTHER.id ? "50.00" : "370.00"));
      return HttpResponse.json({ items });
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
  expect(await screen.findByRole("row", { name: /Ada Papermoon owes.*\$50\.00/ })).toBeVisible();
  expect(screen.getByRole("row", { name: /Jonas Reed owes.*\$370\.00/ })).toBeVisible();
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

it("prices the sessions of a series one after the other, and states what they come to", async () => {
  open();
  answers("get", COVERAGES, { items: [COVERAGE], next_cursor: null });
  const first = visit("2099-03-02", "150.00", "150.00");
  const items = [series(CLIENT.id, "180.00", first, visit("2099-03-09", "30.00", "0.00")), series(OTHER.id, "50.00")];
  answers("post", "/api/billing/series/preview", { items });
  expect(await screen.findByRole("row", { name: /Jonas Reed owes in all.*\$180\.00/ })).toBeVisible();
  const each = within(screen.getByRole("table", { name: "Owed for each session" }));
  expect(each.getAllByRole("row").map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/Mar 2.*deductible.*150\.00/),
    expect.stringMatching(/Mar 9.*30\.00/),
  ]);
  expect(screen.getByRole("row", { name: /Ada Papermoon owes in all.*\$50\.00/ })).toBeVisible();
});

const COUPLE = { ...SERVICE, billed_per: "session" as const };

it("says that another client of a couple is insured, and bills whom staff choose", async () => {
  const user = open(COUPLE);
  onlyTheOtherIsInsured();
  expect(await screen.findByText(/Jonas Reed has no coverage on file .* Covered: Ada Papermoon/)).toBeVisible();
  expect(screen.getByRole("switch", { name: /^Bill insurance/ })).not.toBeChecked();
  await choose(user, "Billed to", "Ada Papermoon");
  await waitFor(() => expect(screen.queryByText(/has no coverage on file/)).toBeNull());
  await waitFor(() => expect(screen.getByRole("switch", { name: /^Bill insurance/ })).toBeChecked());
  await user.click(screen.getByRole("button", { name: "Book 2 sessions" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({
    client_id: OTHER.id,
    other_client_ids: [CLIENT.id],
    insurance_applicable: true,
  });
});

it("names the client whom a note on the price is about", async () => {
  open();
  answers("get", COVERAGES, { items: [], next_cursor: null });
  const flag = { code: "no-coverage", severity: "warning" as const, message: "Not covered.", suggestion: "Enter it." };
  const noted = { ...visit("2099-03-02", "185.00", "0.00"), flags: [flag as unknown as Visit["flags"][number]] };
  const items = [series(CLIENT.id, "370.00", visit("2099-03-02", "185.00", "0.00")), series(OTHER.id, "185.00", noted)];
  answers("post", "/api/billing/series/preview", { items });
  expect(await screen.findByText(/^Ada Papermoon: Not covered\./)).toBeVisible();
  expect(screen.queryByText(/^Jonas Reed: /)).toBeNull();
});

it("leads from the client over therapist and service to day and time, and to further clients after them", async () => {
  open();
  await screen.findByRole("button", { name: "Add another client" });
  const [client, service, day, time] = [/^Client( \*)?$/, /^Service/, /^Day/, /^Time/].map((label) => {
    const [field] = screen.getAllByLabelText(label, { selector: "input" });
    return field;
  });
  const add = await screen.findByRole("button", { name: "Add another client" });
  const order = [client, service, day, time, add];
  const follows = (one: Element | undefined, other: Element | undefined) =>
    Boolean(one && other && one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
  expect(order.slice(1).every((each, index) => follows(order[index], each))).toBe(true);
});
