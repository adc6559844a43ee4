import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import type { components } from "@/api/scheduling";
import { CLIENT, COVERAGE, id, PREVIEW, ROOM, SERVICE, SESSION, THERAPIST } from "@/testing/samples";
import { answers, sent, server } from "@/testing/services";
import { choose, show } from "@/testing/show";
import { Component as Book } from "./index";

type Series = components["schemas"]["SeriesView"];

const INSURED = { ...CLIENT, id: id("33"), full_name: "Ada Inkwell" };
const BOOKED = { ...SESSION, starts_at: "2099-03-02T15:00:00Z", ends_at: "2099-03-02T16:00:00Z" };
const WITH = `therapist=${THERAPIST.id}&service=${SERVICE.id}&day=2099-03-02&time=10:00`;

/** A booking of a client without coverage; another client has one. */
function open(at: string) {
  answers("get", "/api/scheduling/clients", { items: [CLIENT, INSURED], next_cursor: null });
  const [clients, coverages] = ["/api/scheduling/clients", "/api/billing/clients"];
  for (const client of [CLIENT, INSURED]) {
    const items = client === INSURED ? [{ ...COVERAGE, client_id: INSURED.id }] : [];
    server.use(
      http.get(`${window.location.origin}${clients}/${client.id}`, () => HttpResponse.json(client)),
      http.get(`${window.location.origin}${coverages}/${client.id}/coverages`, () =>
        HttpResponse.json({ items, next_cursor: null }),
      ),
    );
  }
  answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
  answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("get", "/api/rooms/availability", { rooms: [] } as never);
  answers("get", "/api/billing/payers/{payer_id}");
  answers("post", "/api/billing/preview", PREVIEW);
  answers("post", "/api/scheduling/sessions/check", { ok: true, ...BOOKED, problems: [], alternatives: [] } as never);
  answers("get", "/api/scheduling/sessions/{session_id}", BOOKED);
  answers("get", "/api/scheduling/sessions/{session_id}/timeline", { items: [] });
  answers("get", "/api/scheduling/first-available", { items: [] } as never);
  answers("post", "/api/scheduling/sessions", BOOKED);
  return show(<Book />, { at });
}

/** A series of which one date could not be booked. */
const SERIES: Series = {
  id: id("51"),
  client_id: CLIENT.id,
  site_id: BOOKED.site_id,
  rrule: "FREQ=WEEKLY;COUNT=2",
  mode: "best_effort",
  created_at: "2026-01-05T14:00:00Z",
  occurrences: [BOOKED],
  problems: [
    {
      starts_at: "2099-03-09T14:00:00Z",
      local_start: "2099-03-09T10:00:00",
      problems: [{ field: "starts_at", code: "therapist-busy", message: "The therapist is busy.", fix: null }],
    },
  ],
};

const insurance = () => screen.findByLabelText(/Bill insurance/);
const inAddress = (name: string) => new URLSearchParams(window.location.search).get(name);

it("keeps no choice of billing insurance that nobody made", async () => {
  const user = open(`/book?client=${CLIENT.id}&${WITH}&booked=${BOOKED.id}`);
  await user.click(await screen.findByRole("button", { name: "Book another for this client" }));
  expect(await insurance()).not.toBeChecked();
  expect(inAddress("insurance")).toBeNull();
});

it("leaves open for a new first client whether insurance is billed", async () => {
  const user = open(`/book?client=${CLIENT.id}&${WITH}&insurance=no`);
  expect(await insurance()).not.toBeChecked();
  await choose(user, /^Client/, /Ada Inkwell/);
  expect(await screen.findByText(/Gold/)).toBeVisible();
  expect(await insurance()).toBeChecked();
  await user.click(screen.getByRole("button", { name: "Book the session" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({ client_id: INSURED.id, insurance_applicable: true });
});

it("leads back to the result of a series from another time for one of its dates", async () => {
  answers("get", "/api/scheduling/series/{series_id}", SERIES);
  const user = open(`/book?client=${CLIENT.id}&${WITH}&every=week&times=2&series=${SERIES.id}`);
  expect(await screen.findByRole("region", { name: "Series of Jonas Reed with Ruth Okafor" })).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "Find another time" }));
  expect(await screen.findByRole("button", { name: "Book the session" })).toBeVisible();
  window.history.back();
  expect(await screen.findByRole("button", { name: "Find another time" })).toBeVisible();
});

it("leads back to what was booked from another booking for the client", async () => {
  const user = open(`/book?client=${CLIENT.id}&${WITH}&booked=${BOOKED.id}`);
  await user.click(await screen.findByRole("button", { name: "Book another for this client" }));
  expect(await insurance()).toBeVisible();
  window.history.back();
  expect(await screen.findByRole("button", { name: "Book another for this client" })).toBeVisible();
  expect(inAddress("booked")).toBe(BOOKED.id);
});

it("books nothing when Enter is pressed in a field, and books when Ctrl Enter is", async () => {
  const user = open(`/book?client=${CLIENT.id}&${WITH}&insurance=no`);
  await waitFor(() => expect(screen.getByRole("button", { name: "Book the session" })).toBeEnabled());
  for (const label of ["Day", "Time", "Seats at least", "Reason to override the clinic's rules"]) {
    await user.type(await screen.findByLabelText(new RegExp(`^${label}`), { selector: "input" }), "{Enter}");
  }
  expect(sent).toEqual([]);
  await user.type(screen.getByLabelText(/^Time/, { selector: "input" }), "{Control>}{Enter}{/Control}");
  await waitFor(() => expect(sent).toMatchObject([{ path: "/api/scheduling/sessions" }]));
});

const INSTEAD = { ...BOOKED, id: id("52"), starts_at: "2099-03-10T15:00:00Z", ends_at: "2099-03-10T16:00:00Z" };
const [MISSED] = SERIES.problems;
const WITH_INSTEAD = { ...SERIES, problems: SERIES.problems.map((date) => ({ ...date, booked_instead: INSTEAD })) };

it("books another time for a date of a series in the place of that date", async () => {
  answers("get", "/api/scheduling/series/{series_id}", SERIES);
  answers("post", "/api/scheduling/series/{series_id}/sessions", INSTEAD);
  const user = open(`/book?client=${CLIENT.id}&${WITH}&insurance=no&every=week&times=2&series=${SERIES.id}`);
  await user.click(await screen.findByRole("button", { name: "Find another time" }));
  expect(await screen.findByText(/in place of Mon, Mar 9.*does not become part of/)).toBeVisible();
  const button = await screen.findByRole("button", { name: "Book the session" });
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({
    path: `/api/scheduling/series/${SERIES.id}/sessions`,
    body: { client_id: CLIENT.id, occurrence: MISSED?.starts_at },
  });
});

it("names the session that is booked in place of a date in the result of the series", async () => {
  answers("get", "/api/scheduling/series/{series_id}", WITH_INSTEAD);
  open(`/book?client=${CLIENT.id}&${WITH}&every=week&times=2&series=${SERIES.id}`);
  expect(await screen.findByText("2 of 2 sessions are booked")).toBeVisible();
  const link = screen.getByRole("link", { name: /^Tue, Mar 10.*11:00 AM/ });
  expect(link).toHaveAttribute("href", expect.stringContaining(`/sessions/${INSTEAD.id}`));
  expect(screen.queryByRole("button", { name: "Find another time" })).toBeNull();
});

it("does not book a date of a series twice, and leads to the session that has its place", async () => {
  answers("get", "/api/scheduling/series/{series_id}", WITH_INSTEAD);
  const place = `beside=${SERIES.id}&instead=${MISSED?.starts_at}`;
  open(`/book?client=${CLIENT.id}&${WITH}&insurance=no&${place}`);
  expect(await screen.findByText(/is booked already/)).toBeVisible();
  expect(screen.getByRole("link", { name: /^Tue, Mar 10/ })).toBeVisible();
  expect(screen.getByRole("button", { name: "Book the session" })).toBeDisabled();
});

it("offers rooms and times of its day where a session that took place has no room, and takes one over into the form", async () => {
  const past = {
    starts_at: "2026-03-02T14:00:00Z",
    ends_at: "2026-03-02T15:00:00Z",
    created_at: "2026-03-02T18:00:00Z",
  };
  const alternative = {
    ...{ id: id("a1"), kind: "same_room_other_time", room_id: ROOM.id, room_number: "201", room_name: null, score: 1 },
    ...{ site_id: BOOKED.site_id, shift_minutes: 60, reasons: [] },
  };
  const ofItsDay = { ...alternative, starts_at: "2026-03-02T15:00:00Z", ends_at: "2026-03-02T16:00:00Z" };
  const toCome = { ...alternative, id: id("a2"), starts_at: "2099-03-02T15:00:00Z", ends_at: "2099-03-02T16:00:00Z" };
  const at = `/book?client=${CLIENT.id}&therapist=${THERAPIST.id}&service=${SERVICE.id}&day=2026-03-02&time=09:00&backdated=yes`;
  const user = open(`${at}&booked=${BOOKED.id}`);
  const offered = { ...BOOKED, ...past, status: "offered", alternatives: [toCome] };
  answers("get", "/api/scheduling/sessions/{session_id}", offered as never);
  answers("post", "/api/scheduling/sessions/alternatives", { items: [ofItsDay] } as never);
  answers("post", "/api/scheduling/sessions/{session_id}/cancel", { ...offered, status: "cancelled" } as never);
  const use = await screen.findByRole("button", { name: /^Use this 10:00 AM.*in 201/ });
  expect(screen.queryByRole("button", { name: /^Book this/ })).toBeNull();
  await user.click(use);
  await waitFor(() => expect(inAddress("time")).toBe("10:00"));
  expect([inAddress("backdated"), inAddress("room"), inAddress("booked")]).toEqual(["yes", ROOM.id, null]);
  expect(sent.map(({ path }) => path)).toContain(`/api/scheduling/sessions/${BOOKED.id}/cancel`);
});

it("keeps seats that are no number, says so, and books nothing", async () => {
  const user = open(`/book?client=${CLIENT.id}&${WITH}&insurance=no`);
  const button = await screen.findByRole("button", { name: "Book the session" });
  await waitFor(() => expect(button).toBeEnabled());
  const field = await screen.findByLabelText(/^Seats at least/, { selector: "input" });
  await user.type(field, "1e3{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Missing: a number of seats")).toBeVisible();
  expect(field).toHaveValue("1e3");
  expect(field).toHaveAccessibleDescription("Enter a whole number from 1 to 1000.");
  expect(button).toBeDisabled();
  expect(sent).toEqual([]);
});

it.each(["hello", "2/30/2099", "٣"])(
  "shows and books nothing for the former day while the day is “%s”",
  async (text) => {
    const user = open(`/book?client=${CLIENT.id}&${WITH}&insurance=no`);
    const button = await screen.findByRole("button", { name: "Book the session" });
    await waitFor(() => expect(button).toBeEnabled());
    expect(await screen.findByText(/^Yes, /)).toBeVisible();
    expect(await screen.findByText("The client owes")).toBeVisible();
    const field = screen.getByLabelText(/^Day/, { selector: "input" });
    await user.clear(field);
    await user.type(field, `${text}{Control>}{Enter}{/Control}`);
    expect(await screen.findByText("Missing: a day")).toBeVisible();
    expect(field).toHaveValue(text);
    expect(field).toHaveAccessibleDescription(/Enter a day, such as/);
    expect(button).toBeDisabled();
    await waitFor(() => expect(screen.queryByText(/^Yes, /)).toBeNull());
    expect(screen.queryByText("The client owes")).toBeNull();
    expect(screen.queryByRole("region", { name: "Rooms at this time" })).toBeNull();
    expect(sent).toEqual([]);
    await user.clear(field);
    await user.type(field, "3/3/2099");
    await waitFor(() => expect(button).toBeEnabled());
    expect(await screen.findByText("The client owes")).toBeVisible();
  },
);
