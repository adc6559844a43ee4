import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "@/api";
import { id, ROOM, SESSION, SITE } from "@/testing/samples";
import { answers, losesOneAnswer, refuses, sent, server } from "@/testing/services";
import { choose, enter, show } from "@/testing/show";
import { EntryDialog } from "./EntryDialog";
import type { Drawn } from "./entries";
import { Component as Calendar } from "./index";
import { MoveRefused } from "./MoveRefused";
import { MoveUnanswered } from "./MoveUnanswered";
import { useCalendar } from "./useCalendar";
import { type Refused, useMoves } from "./useMoves";

const CEDAR = { ...ROOM, id: id("2b"), room_number: "202", room_name: "Cedar" };
const ENTRY = {
  id: SESSION.id,
  row: ROOM.id,
  kind: "booked",
  sessionId: SESSION.id,
  session: SESSION,
  clients: ["Jonas Reed"],
  start: "2026-03-02 09:00:00",
  end: "2026-03-02 10:00:00",
  startsAt: SESSION.starts_at,
  endsAt: SESSION.ends_at,
} as unknown as Drawn;

describe("EntryDialog", () => {
  function opened() {
    answers("get", "/api/rooms/availability", { rooms: [] } as never);
    const [onMove, onClose] = [vi.fn(), vi.fn()];
    const user = show(
      <EntryDialog entry={ENTRY} rooms={[ROOM, CEDAR]} zone={SITE.time_zone} onClose={onClose} onMove={onMove} />,
    );
    return { user, onMove, onClose };
  }

  it("says what an entry is, leads to its session, and closes", async () => {
    const { user, onClose } = opened();
    const dialog = await screen.findByRole("dialog", { name: "Jonas Reed" });
    expect(within(dialog).getByText("Room 201")).toBeVisible();
    expect(within(dialog).getByRole("link", { name: "Open the session" })).toHaveAttribute(
      "href",
      expect.stringContaining(`/sessions/${SESSION.id}`),
    );
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("moves a session by typing, and closes", async () => {
    const { user, onMove, onClose } = opened();
    await user.click(await screen.findByRole("button", { name: "Move" }));
    await enter(user, /Time/, "1:30 PM");
    await choose(user, /Room/, /202 Cedar/);
    await user.click(screen.getByRole("button", { name: /Move/ }));
    expect(onMove).toHaveBeenCalledExactlyOnceWith(SESSION, "2026-03-02T18:30:00Z", CEDAR.id);
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("moves nothing when Enter is pressed in the time, and moves when Ctrl Enter is", async () => {
    const { user, onMove } = opened();
    await user.click(await screen.findByRole("button", { name: "Move" }));
    await enter(user, /Time/, "130pm");
    await user.keyboard("{Enter}");
    expect(screen.getByLabelText(/Time/)).toHaveValue("1:30 PM");
    expect(onMove).not.toHaveBeenCalled();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(onMove).toHaveBeenCalledExactlyOnceWith(SESSION, "2026-03-02T18:30:00Z", ROOM.id));
  });
});

describe("MoveRefused", () => {
  const alternative = {
    id: id("a1"),
    kind: "other_room",
    starts_at: "2026-03-02T18:30:00Z",
    ends_at: "2026-03-02T19:30:00Z",
    room_id: CEDAR.id,
    room_name: CEDAR.room_name,
    room_number: CEDAR.room_number,
    site_id: SITE.id,
    reasons: [],
    score: 1,
    shift_minutes: 0,
  } as unknown as (typeof SESSION)["alternatives"][number];
  const refused: Refused = {
    session: { ...SESSION, alternatives: [alternative] },
    wantedStart: "2026-03-02T18:30:00Z",
    roomId: CEDAR.id,
    problem: new Problem({
      type: "/problems/policy",
      title: "Against the rules",
      status: 422,
      detail: "A session is booked at least 2 h before it starts.",
      errors: [],
      overridable: true,
    }),
    retry: () => undefined,
  };

  function opened() {
    answers("get", "/api/scheduling/sessions", { items: [], next_cursor: null });
    const [onChoose, onInsist, onClose] = [vi.fn(), vi.fn(), vi.fn()];
    const user = show(
      <MoveRefused
        refused={refused}
        zone={SITE.time_zone}
        onClose={onClose}
        onChoose={onChoose}
        onInsist={onInsist}
        onRoom={vi.fn()}
      />,
    );
    return { user, onChoose, onInsist, onClose };
  }

  it("says why, offers what would do, and hands over what is chosen", async () => {
    const { user, onChoose, onClose } = opened();
    const dialog = await screen.findByRole("dialog", { name: "The session was not moved" });
    expect(within(dialog).getByText("A session is booked at least 2 h before it starts.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: /Move here/ }));
    expect(onChoose).toHaveBeenCalledExactlyOnceWith(alternative);
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("names whoever of the waitlist is offered the place, with the way to decline it", async () => {
    opened();
    const held = {
      ...SESSION,
      id: id("4a"),
      status: "offered" as const,
      client_name: "Ana Lima",
      starts_at: "2026-03-02T18:30:00Z",
      ends_at: "2026-03-02T19:30:00Z",
      offer_until: "2026-03-01T14:00:00Z",
    };
    answers("get", "/api/scheduling/sessions", { items: [held], next_cursor: null });
    const alert = await screen.findByText(
      /^Offered to Ana Lima from the waitlist until .*, then move the session again\.$/,
    );
    expect(within(alert).getByRole("link", { name: "Decline it on the waitlist" })).toHaveAttribute(
      "href",
      `/waitlist?status=offered&site=${SITE.id}`,
    );
  });

  it("moves anyway only with a reason", async () => {
    const { user, onInsist } = opened();
    const anyway = await screen.findByRole("button", { name: "Move anyway" });
    expect(anyway).toBeDisabled();
    await enter(user, /Reason to override/, "Agreed with the therapist");
    await user.click(anyway);
    expect(onInsist).toHaveBeenCalledExactlyOnceWith("Agreed with the therapist");
  });
});

const TO = "2026-03-02T18:30:00Z";
const MOVED = { ...SESSION, starts_at: TO, ends_at: "2026-03-02T19:30:00Z", room_id: CEDAR.id, room_number: "202" };
const OFFERED = {
  id: id("a1"),
  kind: "other_room",
  starts_at: TO,
  ends_at: MOVED.ends_at,
  room_id: ROOM.id,
  room_name: ROOM.room_name,
  room_number: ROOM.room_number,
  site_id: SITE.id,
  reasons: [],
  score: 1,
  shift_minutes: 0,
} as unknown as (typeof SESSION)["alternatives"][number];
const REFUSED_BEFORE = { ...SESSION, alternatives: [OFFERED] };
const RESCHEDULE = "/api/scheduling/sessions/{session_id}/reschedule";

function Dragged() {
  const moving = useMoves(new Map(), SITE.time_zone);
  const dialog = { zone: SITE.time_zone, onClose: moving.forget };
  return (
    <>
      <button type="button" onClick={() => moving.moveTo(REFUSED_BEFORE, TO, CEDAR.id)}>
        Drag
      </button>
      {moving.refused && (
        <MoveRefused
          {...dialog}
          refused={moving.refused}
          onChoose={moving.choose}
          onInsist={moving.insist}
          onRoom={moving.chooseRoom}
        />
      )}
      {moving.unanswered && (
        <MoveUnanswered {...dialog} unanswered={moving.unanswered} rooms={[ROOM, CEDAR]} onAgain={moving.sendAgain} />
      )}
    </>
  );
}

describe("MoveUnanswered", () => {
  async function dragged(now: typeof SESSION) {
    answers("get", "/api/scheduling/sessions/{session_id}", now);
    answers("post", RESCHEDULE, MOVED);
    losesOneAnswer("post", RESCHEDULE);
    const user = show(<Dragged />);
    await user.click(await screen.findByRole("button", { name: "Drag" }));
    const dialog = within(await screen.findByRole("dialog", { name: "The move was sent, but there is no answer" }));
    return { user, dialog };
  }

  it("says of a move without an answer that did not arrive where the session still is, and sends the same again", async () => {
    const { user, dialog } = await dragged(SESSION);
    expect(
      await dialog.findByText(/is still at .*9:00 AM, room 201\. Send the move to .*1:30 PM, room 202 again/),
    ).toBeVisible();
    expect(dialog.queryByText("Alternatives")).toBeNull();
    await user.click(dialog.getByRole("button", { name: "Send again" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    expect(await screen.findByText(/^Moved to .*1:30 PM, room 202/)).toBeVisible();
  });

  it("says of a move that did arrive that the session is moved, and does not offer to send it again", async () => {
    const { dialog } = await dragged(MOVED);
    expect(await dialog.findByText(/ is moved to .*1:30 PM, room 202\.$/)).toBeVisible();
    expect(dialog.queryByText(/may be/)).toBeNull();
    expect(dialog.queryByRole("button", { name: "Send again" })).toBeNull();
  });
});

describe("a drag that is refused", () => {
  it("names the places that a group needs, and moves it to a larger room at the same time", async () => {
    const LARGER = { ...ROOM, id: id("3b"), room_number: "301", capacity: 6 };
    const reason = {
      group: "capacity",
      code: "too-small",
      message: "The room has too few seats.",
      fix: "Take a larger room.",
    };
    const group = { ...SESSION, client_ids: [SESSION.client_id, id("3c"), id("3d")] };
    answers("post", RESCHEDULE, { ...group, rejection_reason: "no room: too small", rejection_reasons: [reason] });
    const same = { ...OFFERED, id: id("a2"), room_id: LARGER.id, room_number: "301", room_name: null };
    const later = { ...OFFERED, starts_at: "2026-03-02T20:30:00Z", ends_at: "2026-03-02T21:30:00Z" };
    answers("post", "/api/scheduling/sessions/alternatives", { items: [same, later] } as never);
    answers("get", "/api/scheduling/sessions", { items: [], next_cursor: null });
    answers("get", "/api/rooms/availability", {
      rooms: [
        { room: CEDAR, free: false, reasons: ["too_small"] },
        { room: LARGER, free: true, reasons: [] },
      ],
    } as never);
    const user = show(<Dragged />);
    await user.click(await screen.findByRole("button", { name: "Drag" }));
    expect(await screen.findByText(/^Room 202 has 2 seats, and 4 are needed, with the therapist/)).toBeVisible();
    expect(await screen.findAllByRole("button", { name: /^Move here/ })).toHaveLength(1);
    expect(screen.getByRole("button", { name: /^Move here 3:30/ })).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Move to room 301, 6 seats" }));
    const moves = () => sent.filter(({ path }) => path.endsWith("/reschedule")).map(({ body }) => body);
    await waitFor(() => expect(moves()).toHaveLength(2));
    expect(moves()[1]).toMatchObject({ starts_at: TO, room_id: LARGER.id });
  });

  it("offers nothing that an earlier refusal offered", async () => {
    refuses("post", RESCHEDULE, { detail: "The therapist is busy then." });
    answers("post", "/api/scheduling/sessions/alternatives", { items: [] } as never);
    answers("get", "/api/scheduling/sessions", { items: [], next_cursor: null });
    const user = show(<Dragged />);
    await user.click(await screen.findByRole("button", { name: "Drag" }));
    expect(await screen.findByText("No alternative near that time.")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Move here/ })).toBeNull();
  });
});

const ADDRESS = {
  day: "2026-03-02",
  view: "day",
  roomId: null,
  therapistId: null,
  capacity: 1,
  equipment: [],
  freeOnly: false,
} as const;

/** How many sessions the day has. */
function Sessions() {
  const { entries } = useCalendar(ADDRESS);
  return entries.filter(({ sessionId }) => sessionId !== null).length;
}

describe("the day", () => {
  const taken = (entries: readonly object[]) => ({
    site_id: SITE.id,
    starts_at: "2026-03-02T05:00:00Z",
    ends_at: "2026-03-03T05:00:00Z",
    openings: [{ starts_at: "2026-03-02T13:00:00Z", ends_at: "2026-03-03T01:00:00Z" }],
    rooms: [{ room_id: ROOM.id, room_number: "201", room_name: "", entries }],
  });
  const entry = {
    kind: "booked",
    starts_at: SESSION.starts_at,
    ends_at: SESSION.ends_at,
    occupied_until: SESSION.ends_at,
    session_id: SESSION.id,
    hold_id: id("f1"),
    block_id: null,
    reason: null,
    expires_at: null,
    displaced_by: [],
  };

  it("says that scheduling does not answer, calls nothing booked whose session is not known, and is right by itself later", async () => {
    const late = { type: "/problems/service-late", title: "", status: 504, detail: "", service: "scheduling" };
    let isAway = true;
    answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
    answers("get", "/api/rooms/calendar", taken([entry]) as never);
    server.use(
      http.get(`${window.location.origin}/api/scheduling/sessions`, () =>
        isAway
          ? HttpResponse.json(late, { status: late.status })
          : HttpResponse.json({ items: [{ ...SESSION, status: "completed" }], next_cursor: null }),
      ),
    );
    show(<Calendar />, { at: "/calendar?day=2026-03-02" });
    const notice = await screen.findByRole("alert");
    expect(notice).toHaveTextContent("Scheduling takes too long to answer");
    expect(within(notice).getByRole("button", { name: "Try again" })).toBeVisible();
    expect(await screen.findByRole("button", { name: /taken/i })).toBeVisible();
    expect(screen.queryByRole("button", { name: /booked/i })).toBeNull();
    isAway = false;
    expect(await screen.findByRole("button", { name: /Jonas Reed.*completed/ }, { timeout: 20_000 })).toBeVisible();
    expect(notice).not.toBeInTheDocument();
  });

  it("requests the rooms again until one that a session has left is free", async () => {
    const asked: number[] = [];
    answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
    answers("get", "/api/scheduling/sessions", {
      items: [{ ...SESSION, status: "cancelled" as const }],
      next_cursor: null,
    });
    answers("get", "/api/scheduling/waitlist", { items: [], next_cursor: null });
    server.use(
      http.get(`${window.location.origin}/api/rooms/calendar`, () => {
        asked.push(asked.length);
        return HttpResponse.json(taken(asked.length < 3 ? [entry] : []));
      }),
    );
    show(<Sessions />);
    expect(await screen.findByText("0")).toBeVisible();
    await waitFor(() => expect(asked).toHaveLength(3), { timeout: 10_000 });
  });
});
