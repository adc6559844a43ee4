import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Alternative, Occurrence } from "@/api";
import { CLIENT, id, PREVIEW, ROOM, SERVICE, SITE, THERAPIST } from "@/testing/samples";
import { answers, sent } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as Book } from "./index";

const NINE = alternative("71", "2099-03-09T13:00:00Z", "2099-03-09T14:00:00Z");
const FREE: Occurrence = {
  starts_at: "2099-03-02T15:00:00Z",
  ends_at: "2099-03-02T16:00:00Z",
  local_start: "2099-03-02T10:00:00",
  utc_offset: "-05:00",
  clock_changes: false,
  room: { room_id: ROOM.id, room_number: ROOM.room_number },
  problems: [],
  alternative: null,
  alternatives: [],
};
const BUSY: Occurrence = {
  ...FREE,
  starts_at: "2099-03-09T14:00:00Z",
  ends_at: "2099-03-09T15:00:00Z",
  room: null,
  problems: [{ field: "starts_at", code: "therapist-busy", message: "The therapist is busy.", fix: null }],
  alternative: NINE,
  alternatives: [NINE],
};
const CLOSED: Occurrence = {
  ...BUSY,
  starts_at: "2099-03-16T14:00:00Z",
  ends_at: "2099-03-16T15:00:00Z",
  alternative: null,
  alternatives: [],
};

function alternative(number: string, starts_at: string, ends_at: string): Alternative {
  return {
    id: id(number),
    kind: "same_room_other_time",
    room_id: ROOM.id,
    room_number: ROOM.room_number,
    room_name: ROOM.room_name,
    site_id: SITE.id,
    starts_at,
    ends_at,
    shift_minutes: -60,
    score: 88,
    reasons: ["1 hour earlier"],
    reason_codes: ["earlier:60"],
  };
}

function open(mode: "best_effort" | "all_or_nothing") {
  answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
  answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
  answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
  answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("get", "/api/billing/clients/{client_id}/coverages", { items: [], next_cursor: null });
  answers("post", "/api/billing/preview", PREVIEW);
  answers("post", "/api/billing/series/preview", { items: [] });
  answers("post", "/api/scheduling/series/preview", {
    occurrences: [FREE, BUSY, CLOSED],
    bookable: 1,
    with_problems: 2,
    clock_changes: [],
  });
  answers("post", "/api/scheduling/series", {
    id: id("51"),
    client_id: CLIENT.id,
    site_id: SITE.id,
    rrule: "FREQ=WEEKLY;COUNT=3",
    mode,
    created_at: "2026-01-05T14:00:00Z",
    occurrences: [],
    problems: [],
  });
  const who = `client=${CLIENT.id}&therapist=${THERAPIST.id}&service=${SERVICE.id}`;
  return show(<Book />, { at: `/book?${who}&day=2099-03-02&time=10:00&every=week&times=3&mode=${mode}` });
}

const row = async (name: RegExp) => within(await screen.findByRole("row", { name }));

it("books a date of a series that is not available at the time that was chosen for it", async () => {
  const user = open("best_effort");
  expect(await screen.findByRole("button", { name: "Book 1 of 3 sessions" })).toBeEnabled();
  const instead = (await row(/Mar 9/)).getByRole("combobox");
  expect(
    within(instead)
      .getAllByRole("option")
      .map(({ textContent }) => textContent),
  ).toEqual(["Decide after booking", expect.stringMatching(/^Book 9:00.*in 201/), "Leave it out"]);
  await user.selectOptions(instead, within(instead).getByRole("option", { name: /^Book 9:00/ }));
  await user.click(await screen.findByRole("button", { name: "Book 2 of 3 sessions" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({
    mode: "best_effort",
    choices: [{ occurrence: BUSY.starts_at, choice: "alternative", starts_at: NINE.starts_at, room_id: NINE.room_id }],
  });
});

it("keeps the time that was chosen for a date when the page is left and opened again", async () => {
  const user = open("best_effort");
  const instead = (await row(/Mar 9/)).getByRole("combobox");
  await user.selectOptions(instead, within(instead).getByRole("option", { name: /^Book 9:00/ }));
  expect(await screen.findByRole("button", { name: "Book 2 of 3 sessions" })).toBeEnabled();
  cleanup();
  open("best_effort");
  expect(await screen.findByRole("button", { name: "Book 2 of 3 sessions" })).toBeEnabled();
  expect(screen.getByLabelText(/^Instead of .*Mar 9/)).toHaveDisplayValue(/^Book 9:00/);
});

it("books all or nothing of a series once every date that is not available has a time or is left out", async () => {
  const user = open("all_or_nothing");
  expect(await screen.findByText(/^Would be refused: 2 dates are not available/)).toBeVisible();
  const [first, second] = [(await row(/Mar 9/)).getByRole("combobox"), (await row(/Mar 16/)).getByRole("combobox")];
  await user.selectOptions(first, within(first).getByRole("option", { name: /^Book 9:00/ }));
  await user.selectOptions(second, "leave");
  await user.click(await screen.findByRole("button", { name: "Book 2 of 3 sessions" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({
    choices: [
      { occurrence: BUSY.starts_at, choice: "alternative" },
      { occurrence: CLOSED.starts_at, choice: "leave" },
    ],
  });
});

const sessions = () => screen.findByLabelText(/^Sessions/, { selector: "input" });

it("books as many sessions as are typed over the number that stands there", async () => {
  const user = open("best_effort");
  await user.tripleClick(await sessions());
  await user.keyboard("12");
  expect(await sessions()).toHaveValue("12");
  const button = await screen.findByRole("button", { name: "Book 1 of 3 sessions" });
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({ recurrence: { rrule: "FREQ=WEEKLY;COUNT=12" } });
});

it.each(["", "-2", "1e3", "53"])(
  "previews and books no series of “%s” sessions, and says what is missing",
  async (text) => {
    const user = open("best_effort");
    expect(await screen.findByRole("table", { name: "Occurrences" })).toBeVisible();
    await user.clear(await sessions());
    await user.type(await sessions(), `${text}{Control>}{Enter}{/Control}`);
    expect(await screen.findByText("Missing: a number of sessions")).toBeVisible();
    expect(await sessions()).toHaveValue(text);
    expect(await sessions()).toHaveAccessibleDescription("Enter a whole number from 2 to 52.");
    expect(screen.getByRole("button", { name: "Book sessions" })).toBeDisabled();
    expect(screen.queryByRole("table", { name: "Occurrences" })).toBeNull();
    expect(screen.queryByRole("table", { name: "Owed for each session" })).toBeNull();
    expect(sent).toEqual([]);
  },
);
