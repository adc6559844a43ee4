import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Booked, Replan } from "@/api";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, id, ROOM, SESSION, SITE, THERAPIST } from "@/testing/samples";
import { answers, refuses, sent } from "@/testing/services";
import { enter, show } from "@/testing/show";
import { BlockRoom } from "./BlockRoom";

const SPAN = { starts_at: "2026-03-02T14:00:00Z", ends_at: "2026-03-02T22:00:00Z" };

async function fill(user: UserEvent): Promise<void> {
  await enter(user, /First day/, "3/2/2026");
  await enter(user, /^From/, "9:00 AM");
  await enter(user, /Last day/, "3/2/2026");
  await enter(user, /Until/, "5 pm");
  await enter(user, /Reason/, "New carpet");
}

describe("BlockRoom", () => {
  provesItself({
    dialog: (onClose) => <BlockRoom room={ROOM} site={SITE} onClose={onClose} />,
    title: "Block 201 Willow",
    lacks: ["Enter when it begins.", "Enter when it ends."],
    fill,
    submit: "Block the room",
    request: ["post", "/api/rooms/rooms/{room_id}/blocks"],
    sentTo: `/api/rooms/rooms/${ROOM.id}/blocks`,
    body: { ...SPAN, reason: "New carpet" },
    answer: {
      ...SPAN,
      id: id("b1"),
      room_id: ROOM.id,
      reason: "New carpet",
      created_at: "2026-01-05T14:00:00Z",
    },
    refused: ["reason", /Reason/],
  });
});

describe("a block without its times", () => {
  it("marks the times only, and leads to the first of them", async () => {
    const user = show(<BlockRoom room={ROOM} site={SITE} onClose={vi.fn()} />);
    await user.click(await screen.findByRole("button", { name: "Block the room" }));
    await waitFor(() => expect(screen.getByLabelText(/^From/)).toHaveFocus());
    expect(screen.getByLabelText(/First day/)).toBeValid();
    expect(screen.getByLabelText(/Until/)).toBeInvalid();
  });
});

describe("ReplanDrawer", () => {
  const booked: Booked = {
    hold_id: id("c1"),
    session_id: SESSION.id,
    room_id: ROOM.id,
    starts_at: SESSION.starts_at,
    ends_at: SESSION.ends_at,
    status: "confirmed",
  };
  const plan: Replan = {
    ...SPAN,
    id: id("d1"),
    room_id: ROOM.id,
    reason: "New carpet",
    block: true,
    deactivate: false,
    changes: null,
    confirmed_at: null,
    created_at: "2026-01-05T14:00:00Z",
    moves: [],
    unmoved: [{ ...booked, alternatives: [] }],
  };

  it("shows the sessions that are affected, proposes other rooms, and confirms the plan", async () => {
    answers("get", "/api/scheduling/sessions/{session_id}", SESSION);
    answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
    answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
    refuses("post", "/api/rooms/rooms/{room_id}/blocks", { type: "/problems/room-is-booked", sessions: [booked] });
    answers("post", "/api/rooms/rooms/{room_id}/replan", plan);
    answers("get", "/api/rooms/replans/{replan_id}", plan);
    answers("post", "/api/rooms/replans/{replan_id}/confirm", { ...plan, confirmed_at: "2026-01-05T14:01:00Z" });
    const onClose = vi.fn();
    const user = show(<BlockRoom room={ROOM} site={SITE} onClose={onClose} />);
    const dialog = within(await screen.findByRole("dialog", { name: "Block 201 Willow" }));
    await fill(user);
    await user.click(dialog.getByRole("button", { name: "Block the room" }));
    expect(await dialog.findByText("1 session is affected. Nothing is changed yet")).toBeVisible();
    expect(dialog.getByRole("button", { name: "Block the room anyway" })).toBeDisabled();
    await user.click(dialog.getByRole("button", { name: "Find other rooms" }));
    expect(await dialog.findByText(/1 session would stay booked in this room/)).toBeVisible();
    answers("get", "/api/rooms/replans/{replan_id}", { ...plan, confirmed_at: "2026-01-05T14:01:00Z" });
    await user.click(dialog.getByRole("button", { name: "Block the room" }));
    await user.click(await dialog.findByRole("button", { name: "Done" }));
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
    expect(sent.map(({ path }) => path)).toEqual([
      `/api/rooms/rooms/${ROOM.id}/blocks`,
      `/api/rooms/rooms/${ROOM.id}/replan`,
      `/api/rooms/replans/${plan.id}/confirm`,
    ]);
  });

  it("states how many sessions are affected where the refusal names only the first of them", async () => {
    refuses("post", "/api/rooms/rooms/{room_id}/blocks", {
      type: "/problems/room-is-booked",
      sessions: [booked],
      sessions_omitted: 299,
    });
    answers("get", "/api/scheduling/sessions/{session_id}", SESSION);
    answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
    answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
    const user = show(<BlockRoom room={ROOM} site={SITE} onClose={vi.fn()} />);
    const dialog = within(await screen.findByRole("dialog", { name: "Block 201 Willow" }));
    await fill(user);
    await user.click(dialog.getByRole("button", { name: "Block the room" }));
    expect(await dialog.findByText("300 sessions are affected. Nothing is changed yet")).toBeVisible();
    expect(dialog.getByText("and 299 more")).toBeVisible();
  });
});
