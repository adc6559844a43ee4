import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { CLIENT, id, ROOM, SERVICE, SITE, THERAPIST } from "@/testing/samples";
import { answers } from "@/testing/services";
import { show } from "@/testing/show";
import { readRequest } from "./bookingRequest";
import { Checked } from "./Checked";

it("names the rule that a reason overrides, without what else would work", async () => {
  const starts_at = "2099-03-02T15:00:00Z";
  const fix = "Start at 10:30, or choose another therapist.";
  const rule = { group: "therapist", code: "travel-time", field: "starts_at", fix, session_ids: [id("77")] };
  answers("post", "/api/scheduling/sessions/check", {
    ok: true,
    starts_at,
    ends_at: "2099-03-02T16:00:00Z",
    service_code: SERVICE.service_code,
    calculated_rate: "185.00",
    room: { room_id: ROOM.id, room_number: ROOM.room_number },
    problems: [],
    overrides: [{ ...rule, message: `The therapist travels 1 hour between the two sites. ${fix}` }],
    alternatives: [],
  });
  const who = { client_id: CLIENT.id, therapist_id: THERAPIST.id, service_id: SERVICE.id, site_id: SITE.id };
  const body = { ...who, starts_at, override: { reason: "Agreed" } };
  const wanted = readRequest(new URLSearchParams(), "2099-03-02");
  show(<Checked body={body} wanted={wanted} zone={SITE.time_zone} onTake={vi.fn()} isSent={false} />);
  expect(await screen.findByText(/^Yes, 10:00 AM – 11:00 AM in room 201$/)).toBeVisible();
  expect(screen.getByText("Overridden by your reason")).toBeVisible();
  expect(screen.getByText(/The therapist travels 1 hour between the two sites/)).toBeVisible();
  expect(screen.queryByText(/Start at/)).toBeNull();
});
