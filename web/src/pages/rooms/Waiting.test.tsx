import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { CLIENT, id, ROOM, SESSION, SITE, THERAPIST } from "@/testing/samples";
import { answers, server } from "@/testing/services";
import { show } from "@/testing/show";
import { Waiting } from "./Waiting";

const HOLD = {
  id: id("71"),
  session_id: SESSION.id,
  site_id: SITE.id,
  room_id: ROOM.id,
  starts_at: "2099-03-02T15:00:00Z",
  ends_at: "2099-03-02T16:00:00Z",
  status: "confirmed",
  expires_at: null,
  reason: null,
  needs_replanning: true,
  displaced_by: ["room_out_of_use", "outside_hours"],
  created_at: "2026-01-05T14:00:00Z",
  updated_at: "2026-01-05T14:00:00Z",
} as const;

/** Rooms has this hold and many more. */
function waits(queries: URLSearchParams[] = []) {
  server.use(
    http.get(`${window.location.origin}/api/rooms/holds`, ({ request }) => {
      queries.push(new URL(request.url).searchParams);
      return HttpResponse.json({ items: [HOLD], next_cursor: "more", total: 7651 });
    }),
  );
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("get", "/api/scheduling/sessions/{session_id}", SESSION);
  answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
  answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
}

it("is one line with their number where it is folded, until they are wanted", async () => {
  waits();
  const user = show(<Waiting site={SITE} folded />);

  expect(await screen.findByText("7,651 sessions need another room or time")).toBeVisible();
  expect(screen.queryByRole("table")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Show" }));
  expect(await screen.findByRole("table", { name: "Sessions to re-plan" })).toBeVisible();
});

it("says how many other clients a session has", async () => {
  waits();
  answers("get", "/api/scheduling/sessions/{session_id}", { ...SESSION, client_ids: [CLIENT.id, id("3a")] });
  show(<Waiting site={SITE} />);
  expect(await screen.findByRole("link", { name: `${CLIENT.full_name} and 1 more` })).toBeVisible();
});

it("lists the soonest first, with their number, their room and why they need another", async () => {
  const queries: URLSearchParams[] = [];
  waits(queries);
  show(<Waiting site={SITE} />);

  expect(await screen.findByText("7,651 sessions need another room or time")).toBeVisible();
  const list = screen.getByRole("table", { name: "Sessions to re-plan" });
  expect(await within(list).findByText(new RegExp(ROOM.room_number))).toBeVisible();
  expect(within(list).getByText("room out of use, outside opening hours")).toBeVisible();
  expect(queries.every((query) => query.get("soonest_first") === "true")).toBe(true);
});
