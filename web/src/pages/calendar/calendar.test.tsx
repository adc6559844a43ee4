import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "@/api";
import { id, ROOM, SESSION, SITE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { choose, enter, show } from "@/testing/show";
import { EntryDialog } from "./EntryDialog";
import type { Drawn } from "./entries";
import { MoveRefused } from "./MoveRefused";
import type { Refused } from "./useMoves";

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
      <MoveRefused refused={refused} zone={SITE.time_zone} onClose={onClose} onChoose={onChoose} onInsist={onInsist} />,
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

  it("moves anyway only with a reason", async () => {
    const { user, onInsist } = opened();
    const anyway = await screen.findByRole("button", { name: "Move anyway" });
    expect(anyway).toBeDisabled();
    await enter(user, /Reason to override/, "Agreed with the therapist");
    await user.click(anyway);
    expect(onInsist).toHaveBeenCalledExactlyOnceWith("Agreed with the therapist");
  });
});
