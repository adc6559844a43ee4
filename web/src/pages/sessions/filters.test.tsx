import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ROOM, SITE } from "@/testing/samples";
import { answers, refuses } from "@/testing/services";
import { show } from "@/testing/show";
import { Filters } from "./Filters";
import { filterOf } from "./filter";

const AWAY = { type: "/problems/service-unreachable", status: 502, service: "rooms" };

it("says in the list of rooms that rooms does not answer, and has them when somebody tries again", async () => {
  for (const path of ["/api/scheduling/therapists", "/api/scheduling/clients"] as const) {
    answers("get", path, { items: [], next_cursor: null });
  }
  refuses("get", "/api/rooms/rooms", AWAY);
  const nothing = () => undefined;
  const filter = filterOf(new URLSearchParams(), SITE.time_zone);
  const user = show(
    <Filters filter={filter} words="" site={SITE} onWords={nothing} onChange={nothing} onDown={nothing} />,
  );
  await user.click(await screen.findByLabelText("Room", { selector: "input" }));
  const failure = await screen.findByRole("option", { name: /^Rooms cannot be reached now.*Try again$/ });
  expect(screen.queryByText("No match")).toBeNull();
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  await user.click(failure);
  expect(await screen.findByRole("option", { name: new RegExp(ROOM.room_number) })).toBeVisible();
});
