import { screen } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, id, SESSION, SITE, THERAPIST } from "@/testing/samples";
import { answers, sent } from "@/testing/services";
import { enter, show } from "@/testing/show";
import { CancelSeries } from "./CancelSeries";
import { Component as SeriesPage } from "./index";
import { LastCancellation, useUndoCancellation } from "./LastCancellation";
import { MoveSeries } from "./MoveSeries";
import type { PreviewedMove, Series } from "./rule";

const AHEAD = { ...SESSION, series_id: id("51"), starts_at: "2099-03-02T14:00:00Z", ends_at: "2099-03-02T15:00:00Z" };
const SERIES: Series = {
  id: id("51"),
  client_id: CLIENT.id,
  site_id: SITE.id,
  rrule: "FREQ=WEEKLY;COUNT=2",
  mode: "lenient",
  created_at: "2026-01-05T14:00:00Z",
  occurrences: [AHEAD],
  problems: [],
};
const THREE = ["52", "53", "54"].map((number, index) => ({
  ...AHEAD,
  id: id(number),
  status: "cancelled" as const,
  starts_at: `2099-03-${16 + 7 * index}T14:00:00Z`,
  undo_until: "2099-03-01T10:00:00Z",
}));
const MOVED: PreviewedMove = {
  session_id: AHEAD.id,
  starts_at: AHEAD.starts_at,
  ends_at: AHEAD.ends_at,
  new_starts_at: "2099-03-02T15:30:00Z",
  new_ends_at: "2099-03-02T16:30:00Z",
  calculated_rate: "185.00",
  new_rate: null,
  room: { room_id: AHEAD.room_id ?? "", room_number: "201" },
  new_room: { room_id: AHEAD.room_id ?? "", room_number: "201" },
  outcome: "moves",
  late_if_cancelled: false,
  problems: [],
  alternatives: [],
};

function Cancelled({ of }: { of: Series }) {
  return <LastCancellation series={of} undo={useUndoCancellation(of.id)} zone={SITE.time_zone} />;
}

describe("CancelSeries", () => {
  provesItself({
    dialog: (onClose) => (
      <CancelSeries series={SERIES} session={AHEAD} zone={SITE.time_zone} onClose={onClose} onUndo={() => undefined} />
    ),
    title: "Cancel sessions of the series",
    lacks: ["Enter a reason."],
    fill: (user) => enter(user, /^Reason/, "Therapy has ended"),
    submit: "Cancel the session",
    request: ["post", "/api/scheduling/series/{series_id}/cancel"],
    sentTo: `/api/scheduling/series/${SERIES.id}/cancel`,
    body: { session_id: AHEAD.id, scope: "following", reason: "Therapy has ended", cause: "client" },
    answer: {
      id: SERIES.id,
      items: [{ session_id: AHEAD.id, session: { ...AHEAD, status: "cancelled" }, problems: [] }],
    },
    refused: ["reason", /^Reason/],
  });

  it("offers to undo all that it cancelled", async () => {
    const onUndo = vi.fn();
    const items = THREE.map((session) => ({ session_id: session.id, session, problems: [] }));
    answers("post", "/api/scheduling/series/{series_id}/cancel", { id: SERIES.id, items });
    const user = show(
      <CancelSeries series={SERIES} session={AHEAD} zone={SITE.time_zone} onClose={() => undefined} onUndo={onUndo} />,
    );
    await screen.findByRole("dialog");
    await enter(user, /^Reason/, "Therapy has ended");
    await user.click(screen.getByRole("button", { name: "Cancel the session" }));
    await user.click(await screen.findByRole("button", { name: "Undo all" }));
    expect(onUndo).toHaveBeenCalledExactlyOnceWith(THREE.map(({ id: of }) => of));
  });
});

describe("LastCancellation", () => {
  it("undoes all of the last cancellation, and names what stays cancelled with its reason", async () => {
    const earlier = { ...AHEAD, id: id("61"), status: "cancelled" as const, undo_until: "2098-03-01T10:00:00Z" };
    const user = show(<Cancelled of={{ ...SERIES, occurrences: [earlier, ...THREE] }} />);
    const [one, two, three] = THREE.map(({ id: of }) => of);
    const problem = { field: "room_id", code: "room-booked", message: "The room is booked at that time.", fix: null };
    answers("post", "/api/scheduling/series/{series_id}/cancel/undo", {
      id: SERIES.id,
      items: THREE.map((session, index) => ({
        session_id: session.id,
        session: index === 1 ? session : { ...session, status: "booked" as const },
        problems: index === 1 ? [problem] : [],
      })),
    });
    answers("get", "/api/scheduling/series/{series_id}", { ...SERIES, occurrences: [earlier, ...THREE] });
    expect(await screen.findByText(/^3 sessions were cancelled together/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo all" }));
    expect(await screen.findByText("2 sessions are booked again; 1 stays cancelled.")).toBeVisible();
    expect(sent).toMatchObject([
      { path: `/api/scheduling/series/${SERIES.id}/cancel/undo`, body: { session_ids: [one, two, three] } },
    ]);
    expect(await screen.findByText("These sessions stay cancelled")).toBeVisible();
    expect(screen.getByText(/The room is booked at that time/)).toBeVisible();
  });

  it("says of sessions that somebody else booked again at the same time that they are booked", async () => {
    const user = show(<Cancelled of={{ ...SERIES, occurrences: THREE }} />);
    const problem = { field: "session_id", code: "impossible-step", message: "It waits for its room.", fix: null };
    answers("post", "/api/scheduling/series/{series_id}/cancel/undo", {
      id: SERIES.id,
      items: THREE.map((session) => ({ session_id: session.id, session: null, problems: [problem] })),
    });
    answers("get", "/api/scheduling/series/{series_id}", {
      ...SERIES,
      occurrences: THREE.map((session, index) => (index === 1 ? session : { ...session, status: "booked" as const })),
    });
    await user.click(await screen.findByRole("button", { name: "Undo all" }));
    expect(await screen.findByText("2 were booked again already; 1 stays cancelled.")).toBeVisible();
  });

  it("offers nothing once it is too late, and for a single session, which has its own undo", async () => {
    const late = THREE.map((session) => ({ ...session, undo_until: "2026-01-05T14:00:00Z" }));
    show(
      <>
        <Cancelled of={{ ...SERIES, occurrences: late }} />
        <Cancelled of={{ ...SERIES, occurrences: THREE.slice(0, 1) }} />
        <p>here</p>
      </>,
    );
    expect(await screen.findByText("here")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Undo all" })).toBeNull();
  });
});

describe("a date that could not be booked", () => {
  const busy = { field: "starts_at", code: "therapist-busy", message: "The therapist is busy.", fix: null };
  const missed = { starts_at: "2099-03-09T14:00:00Z", local_start: "2099-03-09T10:00:00", problems: [busy] };
  const instead = { ...AHEAD, id: id("62"), series_id: null, starts_at: "2099-03-10T14:00:00Z" };

  function open(booked: typeof instead | null) {
    answers("get", "/api/scheduling/series/{series_id}", {
      ...SERIES,
      problems: [{ ...missed, booked_instead: booked }],
    });
    answers("get", "/api/scheduling/series/{series_id}/moves", { items: [] } as never);
    answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
    answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
    answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
    answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
    show(
      <Routes>
        <Route path="/series/:seriesId" element={<SeriesPage />} />
      </Routes>,
      { at: `/series/${SERIES.id}` },
    );
  }

  it("leads to a booking in its place", async () => {
    open(null);
    const link = await screen.findByRole("link", { name: /^Find another time for/ });
    const query = new URLSearchParams(link.getAttribute("href")?.split("?")[1]);
    expect([query.get("beside"), query.get("instead")]).toEqual([SERIES.id, missed.starts_at]);
  });

  it("names the session that is booked in its place, and offers no other", async () => {
    open(instead);
    const link = await screen.findByRole("link", { name: /^Tue, Mar 10/ });
    expect(link).toHaveAttribute("href", expect.stringContaining(`/sessions/${instead.id}`));
    expect(screen.queryByText(/^Not booked/)).toBeNull();
    expect(screen.queryByRole("link", { name: /^Find another time/ })).toBeNull();
  });
});

describe("MoveSeries", () => {
  provesItself({
    dialog: (onClose) => <MoveSeries series={SERIES} session={AHEAD} zone={SITE.time_zone} onClose={onClose} />,
    title: "Move sessions of the series",
    given: () =>
      answers("post", "/api/scheduling/series/{series_id}/reschedule/preview", {
        id: SERIES.id,
        basis: "b1",
        dates: [MOVED],
        moving: 1,
        staying: 0,
      }),
    fill: async (user) => {
      await enter(user, /^Time/, "10:30 AM");
      await screen.findByRole("button", { name: "Move 1 session" });
    },
    submit: "Move 1 session",
    request: ["post", "/api/scheduling/series/{series_id}/reschedule"],
    sentTo: `/api/scheduling/series/${SERIES.id}/reschedule`,
    body: {
      session_id: AHEAD.id,
      scope: "following",
      starts_at: "2099-03-02T15:30:00Z",
      basis: "b1",
      choices: [],
    },
    answer: { id: SERIES.id, items: [], move: null },
  });
});
