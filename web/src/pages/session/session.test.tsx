import { notificationsStore } from "@mantine/notifications";
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, ENTRY, id, PREVIEW, RECORD, ROOM, SERVICE, SESSION, SITE, THERAPIST } from "@/testing/samples";
import { answers, refuses, sent, server } from "@/testing/services";
import { choose, enter, show } from "@/testing/show";
import { Cancel } from "./Cancel";
import { Clients, Join } from "./Clients";
import { Complete } from "./Complete";
import { Costs } from "./Costs";
import { Decision } from "./Decision";
import { Displaced } from "./Displaced";
import { Missed } from "./Missed";
import { Move } from "./Move";
import { Undo } from "./Undo";

const AHEAD = { ...SESSION, starts_at: "2099-03-02T14:00:00Z", ends_at: "2099-03-02T15:00:00Z" };
const ACTING = {
  zone: SITE.time_zone,
  clients: [{ id: CLIENT.id, name: CLIENT.full_name, client: CLIENT, isAwaited: false }],
  therapist: THERAPIST,
};
const ANA = { ...CLIENT, id: id("3a"), full_name: "Ana Lima" };

function known() {
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  answers("post", "/api/billing/preview", PREVIEW);
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
}

describe("Cancel", () => {
  provesItself({
    dialog: (onClose) => <Cancel session={AHEAD} {...ACTING} onClose={onClose} />,
    title: "Cancel the session?",
    given: known,
    lacks: ["Enter a reason."],
    fill: (user) => enter(user, /^Reason/, "The client is ill"),
    submit: "Cancel the session",
    request: ["post", "/api/scheduling/sessions/{session_id}/cancel"],
    sentTo: `/api/scheduling/sessions/${AHEAD.id}/cancel`,
    body: { reason: "The client is ill", cause: "client", waiver: null },
    answer: { ...AHEAD, status: "cancelled" },
    refused: ["reason", /^Reason/],
  });
});

describe("The message after a cancellation", () => {
  it("offers to undo it, and says that the session is booked again", async () => {
    known();
    const until = "2099-03-01T14:10:00Z";
    answers("post", "/api/scheduling/sessions/{session_id}/cancel", {
      ...AHEAD,
      status: "cancelled",
      undo_until: until,
    });
    answers("post", "/api/scheduling/sessions/{session_id}/undo", AHEAD);
    const user = show(<Cancel session={AHEAD} {...ACTING} onClose={() => undefined} />);
    await screen.findByRole("dialog", { name: "Cancel the session?" });
    await enter(user, /^Reason/, "The client is ill");
    await user.click(await screen.findByRole("button", { name: "Cancel the session" }));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Undone. The session is booked again.")).toBeVisible();
    expect(sent.map(({ path }) => path)).toEqual([
      `/api/scheduling/sessions/${AHEAD.id}/cancel`,
      `/api/scheduling/sessions/${AHEAD.id}/undo`,
    ]);
  });
});

describe("The messages after a completion and its undo", () => {
  it("are never shown together: only the last one is true", async () => {
    known();
    const done = { ...SESSION, status: "completed" as const, undo_until: "2099-03-01T14:10:00Z" };
    answers("post", "/api/scheduling/sessions/{session_id}/complete", done);
    answers("post", "/api/scheduling/sessions/{session_id}/undo", SESSION);
    const user = show(
      <>
        <Complete session={SESSION} {...ACTING} onClose={() => undefined} />
        <Undo session={done} zone={SITE.time_zone} onBegin={() => undefined} />
      </>,
    );
    await screen.findByRole("dialog", { name: "Complete the session" });
    await enter(user, "Ended", "10:15 AM");
    await user.click(await screen.findByRole("button", { name: "Complete" }));
    expect(await screen.findByText("The session is completed.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Undone. The session is booked again.")).toBeVisible();
    const { notifications } = notificationsStore.getState();
    expect(notifications.map(({ message }) => message)).toEqual(["Undone. The session is booked again."]);
  });
});

describe("Missed", () => {
  provesItself({
    dialog: (onClose) => <Missed session={SESSION} {...ACTING} onClose={onClose} />,
    title: "Mark as no-show?",
    given: known,
    fill: async (user) => {
      await user.click(await screen.findByLabelText("Waive the fee"));
      await enter(user, /Reason for waiving/, "Snow storm");
    },
    submit: "Mark as no-show",
    request: ["post", "/api/scheduling/sessions/{session_id}/no-show"],
    sentTo: `/api/scheduling/sessions/${SESSION.id}/no-show`,
    body: { waiver: { reason: "Snow storm" } },
    answer: { ...SESSION, status: "no_show" },
  });
});

describe("Complete", () => {
  provesItself({
    dialog: (onClose) => <Complete session={SESSION} {...ACTING} onClose={onClose} />,
    title: "Complete the session",
    given: known,
    fill: (user) => enter(user, "Ended", "10:15 AM"),
    submit: "Complete",
    request: ["post", "/api/scheduling/sessions/{session_id}/complete"],
    sentTo: `/api/scheduling/sessions/${SESSION.id}/complete`,
    body: {
      actual_start: "2026-03-02T14:00:00Z",
      actual_end: "2026-03-02T15:15:00Z",
      modality: "in_person",
      add_ons: [],
    },
    answer: { ...SESSION, status: "completed" },
    refused: ["actual_end", "Ended"],
  });
});

describe("Complete for a couple", () => {
  const ALONE = {
    ...SERVICE,
    id: id("5b"),
    service_code: "90846",
    service_name: "Family therapy without the client",
    billed_per: "session" as const,
  };
  const COUPLE = { ...SESSION, service_code: "90847", client_ids: [CLIENT.id, ANA.id] };
  const BOTH = [...ACTING.clients, { id: ANA.id, name: ANA.full_name, client: ANA, isAwaited: false }];

  it("names who owes, and goes on with the button that completes after another service is billed", async () => {
    known();
    answers("get", "/api/catalog/services", {
      items: [{ ...SERVICE, billed_per: "session" as const }, ALONE],
      next_cursor: null,
    });
    const user = show(<Complete session={COUPLE} {...ACTING} clients={BOTH} onClose={() => undefined} />);
    expect(await screen.findByText(/^Jonas Reed owes/)).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: "Jonas Reed" }));
    await screen.findByText(/^Jonas Reed is the client who is billed and did not attend/);
    expect(screen.queryByText(/^Jonas Reed owes/)).toBeNull();
    await user.click(await screen.findByRole("button", { name: /^Bill as 90846/ }));
    expect(await screen.findByText(/^Jonas Reed owes/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Complete" })).toHaveFocus();
  });

  it("states what each of a group who attended owes, and no more what somebody owes who did not", async () => {
    known();
    answers("get", "/api/catalog/services", { items: [{ ...SERVICE, billed_per: "client" }], next_cursor: null });
    const user = show(<Complete session={COUPLE} {...ACTING} clients={BOTH} onClose={() => undefined} />);
    expect(await screen.findByText(/^Jonas Reed owes/)).toBeVisible();
    expect(await screen.findByText(new RegExp(`^${ANA.full_name} owes`))).toBeVisible();
    expect(screen.getByText("Each of 2 is billed")).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: "Jonas Reed" }));
    await waitFor(() => expect(screen.queryByText(/^Jonas Reed owes/)).toBeNull());
    expect(screen.getByText(new RegExp(`^${ANA.full_name} owes`))).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: ANA.full_name }));
    await waitFor(() => expect(screen.queryByText(/ owes /)).toBeNull());
  });
});

describe("Clients", () => {
  it("goes on with the group after a client is removed, and breaks a name that is too long", async () => {
    const long = { ...ACTING.clients[0], id: ANA.id, name: "A".repeat(150), client: ANA, isAwaited: false };
    const group = { ...AHEAD, client_ids: [CLIENT.id, ANA.id] };
    answers("delete", "/api/scheduling/sessions/{session_id}/clients/{client_id}", AHEAD);
    const user = show(<Clients session={group} clients={[...ACTING.clients, long]} />);
    expect(await screen.findByRole("link", { name: long.name })).toHaveStyle({ overflowWrap: "anywhere" });
    await user.click(screen.getByRole("button", { name: "Remove Jonas Reed from the group" }));
    await screen.findByText("Jonas Reed is removed from the group.");
    expect(screen.getByRole("button", { name: "Add to the group" })).toHaveFocus();
  });
});

describe("Move", () => {
  provesItself({
    dialog: (onClose) => <Move session={AHEAD} {...ACTING} onClose={onClose} />,
    title: "Move the session",
    given: known,
    fill: (user) => enter(user, "Time", "11:30 AM"),
    submit: "Move",
    request: ["post", "/api/scheduling/sessions/{session_id}/reschedule"],
    sentTo: `/api/scheduling/sessions/${AHEAD.id}/reschedule`,
    body: { starts_at: "2099-03-02T16:30:00Z", room_id: null, override: null },
    answer: { ...AHEAD, starts_at: "2099-03-02T16:30:00Z", ends_at: "2099-03-02T17:30:00Z" },
    refused: ["starts_at", "Time"],
  });
});

describe("Move while somebody waits for the place", () => {
  const MOVED = { ...AHEAD, starts_at: "2099-03-02T16:30:00Z", ends_at: "2099-03-02T17:30:00Z" };
  const HELD = {
    ...AHEAD,
    id: id("4a"),
    status: "offered" as const,
    client_id: ANA.id,
    client_name: ANA.full_name,
    offer_until: "2099-03-01T14:00:00Z",
  };
  const words = /Its former time is offered to Ana Lima from the waitlist until .*9:00 AM\. .*, then undo\.$/;
  const shown = () => waitFor(() => expect(screen.getByText(words)).toBeVisible());

  async function move(offered: readonly (typeof HELD)[]) {
    known();
    answers("get", "/api/scheduling/sessions", { items: [...offered], next_cursor: null });
    answers("post", "/api/scheduling/sessions/{session_id}/reschedule", MOVED);
    const user = show(<Move session={AHEAD} {...ACTING} onClose={() => undefined} />);
    await screen.findByRole("dialog", { name: "Move the session" });
    await enter(user, "Time", "11:30 AM");
    await user.click(screen.getByRole("button", { name: "Move" }));
    await screen.findByText(/^Moved to /);
    return user;
  }

  it("names whoever was offered the former time, with the way to decline it and undo", async () => {
    const user = await move([HELD]);
    await shown();
    expect(screen.getByText(/^Moved to /)).toBeVisible();
    expect(screen.getByRole("link", { name: "Decline it on the waitlist" })).toHaveAttribute(
      "href",
      `/waitlist?status=offered&site=${SITE.id}`,
    );
    answers("post", "/api/scheduling/sessions/{session_id}/reschedule", AHEAD);
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]?.body).toMatchObject({ starts_at: AHEAD.starts_at, room_id: AHEAD.room_id });
    expect(await screen.findByText(/^Undone\. The session is on .* again, in room /)).toBeVisible();
  });

  it("tells that the move stays where the former room was taken meanwhile", async () => {
    const user = await move([]);
    answers("post", "/api/scheduling/sessions/{session_id}/reschedule", { ...MOVED, rejection_reason: "room_busy" });
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("The move was not undone")).toBeVisible();
    expect(screen.getByText(/^Its former room was taken meanwhile\. It stays on /)).toBeVisible();
  });

  it("names them where the undo is refused, and offers it again", async () => {
    const user = await move([{ ...HELD, starts_at: MOVED.ends_at, ends_at: "2099-03-02T18:30:00Z" }]);
    expect(screen.queryByText(words)).toBeNull();
    answers("get", "/api/scheduling/sessions", { items: [HELD], next_cursor: null });
    refuses("post", "/api/scheduling/sessions/{session_id}/reschedule", {
      type: "/problems/therapist-busy",
      status: 409,
      detail: "The therapist has another session at that time.",
    });
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await shown();
    expect(screen.queryByText("The therapist has another session at that time.")).toBeNull();
    expect(screen.getByText(/^The move was not undone\./)).toBeVisible();
    expect(await screen.findByRole("button", { name: "Undo" })).toBeVisible();
  });
});

describe("Move to a room that is too small", () => {
  it("says how many seats it has and how many are needed, and is not shown again by the page", async () => {
    const group = { ...AHEAD, client_ids: [CLIENT.id, ANA.id, id("3c")] };
    const refused = {
      ...group,
      rejection_reason: "no room: too small",
      rejection_reasons: [
        { group: "capacity", code: "too-small", message: "The room has too few seats.", fix: "Take a larger room." },
      ],
    } as typeof AHEAD;
    known();
    answers("get", "/api/rooms/availability", {
      rooms: [{ room: ROOM, free: false, reasons: ["too_small"] }],
    } as never);
    answers("post", "/api/scheduling/sessions/{session_id}/reschedule", refused);
    const user = show(
      <>
        <Decision session={refused} zone={SITE.time_zone} />
        <Move session={group} {...ACTING} onClose={() => undefined} />
      </>,
    );
    await screen.findByRole("dialog", { name: "Move the session" });
    await enter(user, "Time", "11:30 AM");
    await choose(user, /^Room/, /201 Willow/);
    await user.click(screen.getByRole("button", { name: "Move" }));
    expect(
      await screen.findByText(
        "Room 201 has 2 seats, and 4 are needed, with the therapist. No larger room is free at that time.",
      ),
    ).toBeVisible();
    expect(screen.getByText("The requested change is not available")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Close" }));
    await user.click(screen.getByRole("button", { name: "Discard changes" }));
    expect(screen.queryByText("The requested change is not available")).toBeNull();
  });
});

describe("Join", () => {
  const LARGER = { ...ROOM, id: id("3b"), room_number: "301", capacity: 6 };

  function opened(error: unknown = null, larger: readonly unknown[] = [{ room: LARGER, free: true, reasons: [] }]) {
    known();
    answers("get", "/api/scheduling/clients", { items: [ANA], next_cursor: null });
    answers("get", "/api/scheduling/clients/{client_id}", ANA);
    answers("get", "/api/rooms/availability", {
      rooms: [{ room: ROOM, free: false, reasons: ["too_small"] }, ...larger],
    } as never);
    const [onJoin, onClose] = [vi.fn(async () => undefined), vi.fn()];
    const user = show(<Join session={AHEAD} busy={false} error={error} onClose={onClose} onJoin={onJoin} />);
    return { user, onJoin, onClose };
  }

  it("asks for a client, says what becomes of the room, and hands over who was chosen", async () => {
    const { user, onJoin } = opened();
    const dialog = await screen.findByRole("dialog", { name: "Add a client" });
    expect(await within(dialog).findByText(/Room 201 has 2 seats.*would move to room 301/)).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Add to the group" }));
    expect(within(dialog).getByText("Choose a client.")).toBeVisible();
    expect(onJoin).not.toHaveBeenCalled();
    await choose(user, /Client/, /Ana Lima/);
    await user.click(within(dialog).getByRole("button", { name: "Add to the group" }));
    expect(onJoin).toHaveBeenCalledExactlyOnceWith(ANA.id);
  });

  it("adds nobody while no larger room is free", async () => {
    opened(null, [{ room: LARGER, free: false, reasons: ["booked"] }]);
    const dialog = await screen.findByRole("dialog", { name: "Add a client" });
    expect(await within(dialog).findByText(/No larger room is free at that time/)).toBeVisible();
    expect(within(dialog).getByRole("button", { name: "No larger room is free" })).toBeDisabled();
    expect(within(dialog).queryByRole("button", { name: "Add to the group" })).toBeNull();
  });

  it("shows why a client cannot join, and closes", async () => {
    const { user, onClose } = opened(new Error("Ana Lima has another session then."));
    const dialog = await screen.findByRole("dialog", { name: "Add a client" });
    expect(within(dialog).getByText("Ana Lima has another session then.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});

describe("Decision", () => {
  const LARGER = { ...ROOM, id: id("3b"), room_number: "301", capacity: 6 };
  const GROUP = {
    ...AHEAD,
    client_ids: [CLIENT.id, ANA.id, id("3c")],
    rejection_reason: "no room: too small",
    rejection_reasons: [
      { group: "capacity", code: "too-small", message: "The room has too few seats.", fix: "Take a larger room." },
    ],
  } as typeof AHEAD;

  function opened() {
    answers("get", "/api/rooms/availability", {
      rooms: [
        { room: ROOM, free: false, reasons: ["too_small"] },
        { room: LARGER, free: true, reasons: [] },
      ],
    } as never);
    answers("post", "/api/scheduling/sessions/{session_id}/reschedule", { ...AHEAD, room_id: LARGER.id });
    return show(
      <>
        <p>Shown</p>
        <Decision session={GROUP} zone={SITE.time_zone} />
      </>,
    );
  }

  it("says how many seats a refused move needs, and offers a larger room at the same time", async () => {
    const user = opened();
    expect(await screen.findByText("The session keeps its room, its time and its clients.")).toBeVisible();
    expect(screen.getByText(/^4 seats are needed, with the therapist/)).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Move to room 301, 6 seats" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ starts_at: AHEAD.starts_at, room_id: LARGER.id });
  });

  it("does not show a refused change any more once it is dismissed, also after a reload", async () => {
    const user = opened();
    await user.click(await screen.findByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText("The requested change is not available")).toBeNull();
    cleanup();
    opened();
    await screen.findByText("Shown");
    expect(screen.queryByText("The requested change is not available")).toBeNull();
  });
});

describe("a slot that is held for a client on the waitlist", () => {
  it("is declined only after that is confirmed", async () => {
    const until = "2099-03-01T14:00:00Z";
    const held = { ...AHEAD, status: "offered" as const, offer_until: until };
    const entry = { ...ENTRY, status: "offered" as const, session_id: AHEAD.id, offer_until: until };
    answers("get", "/api/scheduling/waitlist", { items: [entry], next_cursor: null });
    answers("post", "/api/scheduling/waitlist/{entry_id}/decline", { ...AHEAD, status: "cancelled" });
    const user = show(<Decision session={held} zone={SITE.time_zone} />);
    await user.click(await screen.findByRole("button", { name: "Jonas Reed declines" }));
    const dialog = await screen.findByRole("dialog", { name: "Decline the slot for Jonas Reed?" });
    expect(sent).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Decline" }));
    await waitFor(() => expect(sent).toMatchObject([{ path: `/api/scheduling/waitlist/${ENTRY.id}/decline` }]));
  });
});

function HeldUntilBooked({ until }: { until: string }) {
  const [isBooked, book] = useState(false);
  const held = { ...AHEAD, status: "offered" as const, offer_until: until };
  return (
    <>
      <Decision session={isBooked ? AHEAD : held} zone={SITE.time_zone} />
      <button type="button" onClick={() => book(true)}>
        Somebody books it
      </button>
    </>
  );
}

describe("a slot that is held no longer", () => {
  it("leaves open what was asked, and says then that nothing was declined", async () => {
    const until = "2099-03-01T14:00:00Z";
    const entry = { ...ENTRY, status: "offered" as const, session_id: AHEAD.id, offer_until: until };
    answers("get", "/api/scheduling/waitlist", { items: [entry], next_cursor: null });
    const user = show(<HeldUntilBooked until={until} />);
    await user.click(await screen.findByRole("button", { name: "Jonas Reed declines" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(screen.getByRole("button", { name: "Somebody books it" }));
    refuses("post", "/api/scheduling/waitlist/{entry_id}/decline", {
      status: 409,
      type: "/problems/nothing-offered",
      detail: "The slot is booked for this client already.",
    });
    await user.click(dialog.getByRole("button", { name: "Decline" }));
    expect(await screen.findByText("The slot is booked for this client already.")).toBeVisible();
  });
});

describe("a session whose room is blocked", () => {
  it("says that it needs another room or time, and why", async () => {
    const hold = {
      id: id("71"),
      session_id: AHEAD.id,
      site_id: SITE.id,
      room_id: AHEAD.room_id,
      starts_at: AHEAD.starts_at,
      ends_at: AHEAD.ends_at,
      status: "confirmed" as const,
      expires_at: null,
      reason: null,
      needs_replanning: true,
      displaced_by: ["blocked" as const],
      created_at: "2026-01-05T14:00:00Z",
      updated_at: "2026-01-05T14:00:00Z",
    };
    answers("get", "/api/rooms/holds", { items: [hold], next_cursor: null });
    show(<Displaced session={AHEAD} />);
    expect(await screen.findByText("This session needs another room or time")).toBeVisible();
    expect(screen.getByText(/room blocked/)).toBeVisible();
    expect(screen.getByRole("link", { name: "the rooms page" })).toHaveAttribute("href", `/rooms?site=${SITE.id}`);
  });
});

describe("Costs", () => {
  const BOTH = [...ACTING.clients, { id: ANA.id, name: ANA.full_name, client: ANA, isAwaited: false }];
  const QUOTE = {
    client_id: CLIENT.id,
    session_id: AHEAD.id,
    service_code: SERVICE.service_code,
    service_date: "2099-03-02",
    quoted_at: "2026-03-01T12:00:00Z",
    total_amount: "185.00",
    contractual_adjustment: "0.00",
    other_adjustment: "0.00",
    insurance_amount: "0.00",
    patient_amount: "185.00",
    flags: [],
  };

  function opened(billed_per: "client" | "session") {
    answers("get", "/api/billing/records", { items: [], next_cursor: null });
    answers("get", "/api/billing/sessions/{session_id}/quotes", { items: [QUOTE], next_cursor: null });
    answers("get", "/api/catalog/services", { items: [{ ...SERVICE, billed_per }], next_cursor: null });
    answers("get", "/api/catalog/services/{service_id}", { ...SERVICE, billed_per });
    show(<Costs session={AHEAD} clients={BOTH} />);
  }

  it("shows the credit of a client beside the open balance, whichever record it is on, and leads to where it is applied", async () => {
    opened("client");
    const voided = {
      ...RECORD,
      id: id("1a"),
      payment_status: "voided" as const,
      balance: "0.00",
      unapplied_credit: "50.00",
    };
    answers("get", "/api/billing/records", { items: [RECORD, voided], next_cursor: null });
    answers("get", "/api/billing/claims", { items: [], next_cursor: null });
    answers("get", "/api/billing/credits", {
      items: [
        { record_id: voided.id, client_credit: "50.00" },
        { record_id: id("1b"), client_credit: "4.50" },
      ],
      count: 2,
      total_amount: "54.50",
      next_cursor: null,
    } as never);
    const found = await screen.findByText(/Jonas Reed has/);
    expect(found).toHaveTextContent(
      "Jonas Reed has $54.50 of unapplied credit, which the open balance does not include.",
    );
    expect(within(found).getByRole("link", { name: "Apply or refund it" })).toHaveAttribute(
      "href",
      expect.stringContaining(`/billing/credit?client=${CLIENT.id}`),
    );
  });

  it("shows the quote of a session that is booked again as soon as billing has made it", async () => {
    opened("client");
    let asked = 0;
    server.use(
      http.get(`${window.location.origin}/api/billing/sessions/${AHEAD.id}/quotes`, () => {
        asked += 1;
        return HttpResponse.json({ items: asked > 2 ? [QUOTE] : [], next_cursor: null });
      }),
    );
    expect(await screen.findByText("Billing has not quoted a price yet.")).toBeVisible();
    expect(await screen.findByRole("row", { name: /^Jonas Reed/ })).toBeVisible();
  });

  it("names who was added after the quote", async () => {
    opened("client");
    expect(await screen.findByRole("row", { name: "Ana Lima not quoted: added after the booking" })).toBeVisible();
    expect(screen.getByRole("row", { name: /^Jonas Reed.*\$185\.00/ })).toBeVisible();
  });

  it("names nobody else where the session is billed as a whole", async () => {
    opened("session");
    expect(await screen.findByRole("row", { name: /^Jonas Reed/ })).toBeVisible();
    expect(screen.queryByText(/not quoted/)).toBeNull();
  });
});

describe("who is added to a group", () => {
  it("moves it into the room that holds them all, and the message names both rooms", async () => {
    known();
    answers("get", "/api/scheduling/clients", { items: [ANA], next_cursor: null });
    answers("get", "/api/scheduling/clients/{client_id}", ANA);
    const larger = { room_id: id("3b"), room_number: "301", client_ids: [CLIENT.id, ANA.id] };
    answers("post", "/api/scheduling/sessions/{session_id}/clients", { ...AHEAD, ...larger });
    const here = { room: ROOM, free: true, reasons: [] };
    answers("get", "/api/rooms/availability", { rooms: [here] } as never);
    const user = show(<Clients session={AHEAD} clients={ACTING.clients} />);
    await user.click(await screen.findByRole("button", { name: "Make it a group" }));
    await screen.findByRole("dialog", { name: "Add a client" });
    await choose(user, /Client/, /Ana Lima/);
    await user.click(screen.getByRole("button", { name: "Add to the group" }));
    expect(await screen.findByText(/which is now in room 301 instead of 201/)).toBeVisible();
  });
});
