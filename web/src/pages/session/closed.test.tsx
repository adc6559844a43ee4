import { screen } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";
import { CLIENT, CLOSED_SITE, id, ROOM, SESSION, SITE, THERAPIST } from "@/testing/samples";
import { answers } from "@/testing/services";
import { show } from "@/testing/show";
import { Component } from ".";

const AHEAD = {
  ...SESSION,
  site_id: CLOSED_SITE.id,
  starts_at: "2099-03-02T14:00:00Z",
  ends_at: "2099-03-02T15:00:00Z",
};

function open(session: typeof SESSION, site = SITE.id) {
  answers("get", "/api/scheduling/sessions/{session_id}", session);
  answers("get", "/api/scheduling/sessions/{session_id}/timeline", { items: [] });
  answers("get", "/api/billing/sessions/{session_id}/quotes", { items: [] });
  answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
  answers("get", "/api/scheduling/therapists/{therapist_id}/time-off", { items: [], next_cursor: null });
  answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
  answers("get", "/api/billing/records", { items: [], next_cursor: null });
  return show(
    <Routes>
      <Route path="sessions/:sessionId" element={<Component />} />
    </Routes>,
    { at: `/sessions/${session.id}`, site, sites: [SITE, CLOSED_SITE] },
  );
}

it("shows a session of a closed site on that site's clock, with the site among its facts", async () => {
  open(AHEAD);

  expect(await screen.findByText("Canal Street (closed)")).toBeVisible();
  expect(screen.getByText(/March.*15:00 – 16:00/)).toBeVisible();
  expect(screen.getByText(/\(UTC\+01:00\)/)).toBeVisible();
  expect(screen.getByText(/Can be completed from.*15:00/)).toBeVisible();
});

it("says before a move that nothing can be moved to another time at a closed site", async () => {
  const user = open(AHEAD, CLOSED_SITE.id);

  await user.click(await screen.findByRole("button", { name: "Move" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent(/Canal Street is closed.*until it is reopened.*Cancel the session/);
  expect(dialog).toHaveTextContent(/Now: .*15:00/);
});

it("says of a session whose site is not found that its times are in UTC", async () => {
  open({ ...SESSION, site_id: id("ff") });

  expect(await screen.findByRole("alert")).toHaveTextContent(/The site was not found.*in UTC/);
});
