import { describe, expect, it } from "vitest";
import type { CalendarEntry, Room, RoomCalendar, Session, TimeOff } from "@/api";
import { markDisplaced } from "./displaced";
import {
  blocksOutside,
  closedDays,
  cutBlocks,
  drawClosed,
  drawRooms,
  drawSessions,
  drawTimeOff,
  freeAt,
  isBehind,
  meant,
  rowsOf,
} from "./entries";
import { opensAt, rangeOf } from "./hours";

const NEW_YORK = "America/New_York";
const MONDAY = { starts_at: "2026-03-02T13:00:00Z", ends_at: "2026-03-03T01:00:00Z" };

function entry(starts_at: string, ends_at: string, more: Partial<CalendarEntry> = {}): CalendarEntry {
  return {
    kind: "booked",
    starts_at,
    ends_at,
    occupied_until: ends_at,
    session_id: "s",
    hold_id: "h",
    block_id: null,
    reason: null,
    expires_at: null,
    displaced_by: [],
    ...more,
  };
}

function room(...entries: CalendarEntry[]): RoomCalendar {
  return { room_id: "201", room_number: "201", room_name: "", entries };
}

describe("a day of rooms", () => {
  it("shows sessions on the site's clock, and the turnover after them", () => {
    const taken = entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", { occupied_until: "2026-03-02T15:10:00Z" });
    const session = { id: "s", status: "booked", room_id: "201", starts_at: taken.starts_at } as Session;
    const drawn = drawRooms([room(taken)], new Map([["s", session]]), new Map(), NEW_YORK, (roomId) => roomId);
    expect(drawn.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ["booked", "2026-03-02 09:00:00", "2026-03-02 10:00:00"],
      ["turnover", "2026-03-02 10:00:00", "2026-03-02 10:10:00"],
    ]);
  });

  it("shows a room as taken, and nothing as booked, while the session is not known", () => {
    const [taken, held] = [entry(MONDAY.starts_at, "2026-03-02T14:00:00Z"), { kind: "held" } as const];
    const drawn = drawRooms(
      [room(taken, entry("2026-03-02T15:00:00Z", "2026-03-02T16:00:00Z", held))],
      new Map(),
      new Map(),
      NEW_YORK,
      (roomId) => roomId,
    );
    expect(drawn.map(({ kind }) => kind)).toEqual(["taken", "held"]);
  });

  it("draws a session as long as it lasts where the clocks are set, also if it ends before it began on the wall", () => {
    const set = (starts_at: string, ends_at: string) => {
      const drawn = drawRooms([room(entry(starts_at, ends_at))], new Map(), new Map(), NEW_YORK, (roomId) => roomId);
      return drawn.map(({ start, end }) => [start.slice(5), end.slice(5)]);
    };
    // 1:30 to 1:20, 50 minutes later, in the night of 25 hours.
    expect(set("2026-11-01T05:30:00Z", "2026-11-01T06:20:00Z")).toEqual([["11-01 01:30:00", "11-01 02:20:00"]]);
    expect(set("2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z")).toEqual([["11-01 01:00:00", "11-01 02:00:00"]]);
    // The axis has the hour that the clock shows twice once, and the one that it skips too.
    expect(set("2026-11-01T04:30:00Z", "2026-11-01T06:30:00Z")).toEqual([["11-01 00:30:00", "11-01 01:30:00"]]);
    expect(set("2026-03-08T06:30:00Z", "2026-03-08T07:20:00Z")).toEqual([["03-08 01:30:00", "03-08 03:20:00"]]);
  });

  it("opens an hour before now, and on another day at its first hour, or in the night at the first session or at seven", () => {
    const [day, night] = ["2026-03-02", "2026-03-02 03:20:00"];
    const early = entry("2026-03-02T11:30:00Z", "2026-03-02T12:20:00Z");
    const block = entry("2026-03-02T06:00:00Z", "2026-03-02T08:00:00Z", { kind: "block", session_id: null });
    const drawn = (...entries: CalendarEntry[]) =>
      drawRooms([room(...entries)], new Map(), new Map(), NEW_YORK, (roomId) => roomId);
    const [always, late] = [{ start: "00:00:00", end: "24:00:00" }, "2026-03-05 15:00:00"];
    expect(opensAt([day], drawn(early, block), always, night)).toBe("02:00:00");
    expect(opensAt([day], drawn(early, block), always, late)).toBe("06:00:00");
    expect(opensAt([day], drawn(block), always, late)).toBe("07:00:00");
    expect(opensAt([day, "2026-03-03"], drawn(early), always, "2026-03-03 00:10:00")).toBe("00:00:00");
    expect(opensAt([day], [], { start: "08:00:00", end: "20:00:00" }, late)).toBe("08:00:00");
  });

  it("marks a session whose therapist is away, until it is moved", () => {
    const session = { id: "s", status: "booked", room_id: "201", therapist_off: true } as Session;
    const known = new Map([["s", { ...session, starts_at: "2026-03-02T14:00:00Z", ends_at: "2026-03-02T15:00:00Z" }]]);
    const moves = new Map([["s", { startsAt: "2026-03-02T16:00:00Z", endsAt: "2026-03-02T17:00:00Z", roomId: "202" }]]);
    const rooms = [room(entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z"))];
    const marked = (of: typeof moves) =>
      drawRooms(rooms, known, of, NEW_YORK, (roomId) => roomId).map(({ kind, therapistOff }) => [kind, therapistOff]);
    expect(marked(new Map())).toEqual([["booked", true]]);
    expect(marked(moves)).toEqual([
      ["leaving", true],
      ["moving", false],
    ]);
  });

  it("marks a session that needs another room or time with why, in its room and in the week of its therapist", () => {
    const times = { starts_at: "2026-03-02T14:00:00Z", ends_at: "2026-03-02T15:00:00Z" };
    const session = { id: "s", status: "booked", room_id: "201", ...times } as Session;
    const after = { occupied_until: "2026-03-02T15:10:00Z" };
    const rooms = [room(entry(times.starts_at, times.ends_at, { ...after, displaced_by: ["blocked"] }))];
    const drawn = drawRooms(rooms, new Map([["s", session]]), new Map(), NEW_YORK, (roomId) => roomId);
    expect(markDisplaced(drawn, rooms).map(({ kind, displacedBy }) => [kind, displacedBy])).toEqual([
      ["booked", ["blocked"]],
      ["turnover", undefined],
    ]);
    const week = drawSessions([session], new Map(), NEW_YORK);
    expect(markDisplaced(week, rooms).map(({ displacedBy }) => displacedBy)).toEqual([["blocked"]]);
  });

  it("shows a session where it is booked alone, and none that was cancelled, before rooms has freed what they left", () => {
    const left = room(entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z"));
    const session = { id: "s", status: "booked", room_id: "201", starts_at: "2026-03-02T14:00:00Z" } as Session;
    const shown = (change: Partial<Session>) => {
      const known = new Map([["s", { ...session, ...change }]]);
      const drawn = drawRooms([left], known, new Map(), NEW_YORK, (roomId) => roomId);
      return [drawn.length, isBehind([left], known)];
    };
    expect(shown({})).toEqual([1, false]);
    expect(shown({ room_id: "202" })).toEqual([0, true]);
    expect(shown({ starts_at: "2026-03-02T16:00:00Z" })).toEqual([0, true]);
    expect(shown({ status: "cancelled" })).toEqual([0, true]);
    expect(shown({ status: "completed" })).toEqual([1, false]);
  });

  it("shows a session that moves at both places, until rooms has answered", () => {
    const moves = new Map([["s", { startsAt: "2026-03-02T16:00:00Z", endsAt: "2026-03-02T17:00:00Z", roomId: "202" }]]);
    const drawn = drawRooms(
      [room(entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z"))],
      new Map(),
      moves,
      NEW_YORK,
      (roomId) => roomId,
    );
    expect(drawn.map(({ kind, row, start }) => [kind, row, start])).toEqual([
      ["leaving", "201", "2026-03-02 09:00:00"],
      ["moving", "202", "2026-03-02 11:00:00"],
    ]);
  });

  it("shows a session that moves once at its new place, also when that is held already", () => {
    const moves = new Map([["s", { startsAt: "2026-03-02T16:00:00Z", endsAt: "2026-03-02T17:00:00Z", roomId: "201" }]]);
    const before = entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z");
    const held = entry("2026-03-02T16:00:00+00:00", "2026-03-02T17:00:00+00:00", { kind: "held", hold_id: "other" });
    const drawn = drawRooms([room(before, held)], new Map(), moves, NEW_YORK, (roomId) => roomId);
    expect(drawn.map(({ kind, start }) => [kind, start])).toEqual([
      ["leaving", "2026-03-02 09:00:00"],
      ["moving", "2026-03-02 11:00:00"],
    ]);
  });

  it("shows a hold with the moment at which it ends", () => {
    const held = entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", {
      kind: "held",
      expires_at: "2026-03-01T09:05:00Z",
    });
    const [drawn] = drawRooms([room(held)], new Map(), new Map(), NEW_YORK, (roomId) => roomId);
    expect([drawn?.kind, drawn?.expiresAt]).toEqual(["held", "2026-03-01T09:05:00Z"]);
  });

  it("shows a room that is held for somebody's answer as held, however sure rooms is of it", () => {
    const until = "2026-03-01T18:00:00Z";
    const session = { id: "s", status: "offered", room_id: "201", offer_until: until } as Session;
    const taken = room(entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z"));
    const [drawn] = drawRooms([taken], new Map([["s", session]]), new Map(), NEW_YORK, (roomId) => roomId);
    expect([drawn?.kind, drawn?.expiresAt]).toEqual(["held", until]);
  });

  it("shows a booked session as booked before rooms has confirmed its hold, and its move elsewhere as a hold", () => {
    const held = entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", { kind: "held" });
    const session = { id: "s", status: "booked", room_id: "201", starts_at: "2026-03-02T14:00:00Z" } as Session;
    const kinds = (taken: RoomCalendar) =>
      drawRooms([taken], new Map([["s", session]]), new Map(), NEW_YORK, (roomId) => roomId).map(({ kind }) => kind);
    expect(kinds(room(held))).toEqual(["booked"]);
    expect(kinds({ ...room(held), room_id: "202" })).toEqual(["held"]);
  });

  it("is drawn from when the site opens or somebody is there until the last has gone", () => {
    expect(rangeOf(["2026-03-02"], [MONDAY], [], NEW_YORK)).toEqual({ start: "08:00:00", end: "20:00:00" });
    const early = { starts_at: "2026-03-02T11:30:00Z", ends_at: "2026-03-02T12:15:00Z" };
    expect(rangeOf(["2026-03-02"], [MONDAY], [early], NEW_YORK)).toEqual({ start: "06:00:00", end: "20:00:00" });
    expect(rangeOf(["2026-03-01"], [], [], NEW_YORK)).toEqual({ start: "08:00:00", end: "18:00:00" });
  });

  it("is not drawn from midnight because a room is blocked until the morning; the block is cut off", () => {
    const block = entry("2026-03-01T23:00:00Z", "2026-03-02T15:00:00Z", { kind: "block", session_id: null });
    const range = rangeOf(["2026-03-02"], [MONDAY], [block], NEW_YORK);
    expect(range).toEqual({ start: "08:00:00", end: "20:00:00" });
    const drawn = drawRooms([room(block)], new Map(), new Map(), NEW_YORK, (roomId) => roomId);
    const cut = cutBlocks(drawn, ["2026-03-02"], range);
    expect(cut.map(({ start, end }) => [start, end])).toEqual([["2026-03-02 08:00:00", "2026-03-02 10:00:00"]]);
    expect(cutBlocks(drawn, ["2026-03-03"], range)).toEqual([]);
  });

  it("names blocks of which nothing is drawn, those of several rooms at one time together", () => {
    const night = { kind: "block", session_id: null, block_id: "b", reason: "maintenance" } as const;
    const early = entry("2026-03-02T03:00:00Z", "2026-03-02T11:00:00Z", night);
    const partly = entry("2026-03-02T11:00:00Z", "2026-03-02T14:00:00Z", { ...night, reason: "cleaning" });
    const rooms = [room(early, partly), { ...room(early), room_id: "202" }];
    const drawn = drawRooms(rooms, new Map(), new Map(), NEW_YORK, (roomId) => roomId);
    const range = { start: "08:00:00", end: "20:00:00" };
    const outside = { startsAt: early.starts_at, endsAt: early.ends_at, reason: "maintenance", rows: ["201", "202"] };
    expect(blocksOutside(drawn, ["2026-03-01", "2026-03-02", "2026-03-03"], range)).toEqual([
      { day: "2026-03-01", ...outside },
      { day: "2026-03-02", ...outside },
    ]);
  });

  it("is closed where no opening lies in it", () => {
    expect([...closedDays(["2026-03-01", "2026-03-02"], [MONDAY], NEW_YORK)]).toEqual(["2026-03-01"]);
  });

  it("is shut before, between and after the opening hours", () => {
    const hours = [
      { starts_at: "2026-03-02T14:00:00Z", ends_at: "2026-03-02T17:00:00Z" },
      { starts_at: "2026-03-02T18:00:00Z", ends_at: "2026-03-02T22:00:00Z" },
    ];
    const closed = drawClosed("201", ["2026-03-02"], hours, { start: "08:00:00", end: "18:00:00" }, NEW_YORK);
    expect(closed.map(({ start, end }) => [start.slice(11), end.slice(11)])).toEqual([
      ["08:00:00", "09:00:00"],
      ["12:00:00", "13:00:00"],
      ["17:00:00", "18:00:00"],
    ]);
  });

  it("knows who is free now, turnover counted, and that a closed site has nobody to offer", () => {
    const taken = room(
      entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", { occupied_until: "2026-03-02T15:10:00Z" }),
    );
    expect([...freeAt("2026-03-02T15:05:00Z", [taken], [MONDAY])]).toEqual([]);
    expect([...freeAt("2026-03-02T15:10:00Z", [taken], [MONDAY])]).toEqual(["201"]);
    expect([...freeAt("2026-03-02T05:00:00Z", [taken], [MONDAY])]).toEqual([]);
  });
});

describe("the weeks in which the clocks are set", () => {
  it("keep nine o'clock at nine, in the row of its own day", () => {
    const before = entry("2026-03-06T14:00:00Z", "2026-03-06T15:00:00Z");
    const after = entry("2026-03-09T13:00:00Z", "2026-03-09T14:00:00Z", { hold_id: "i" });
    const drawn = drawRooms([room(before, after)], new Map(), new Map(), NEW_YORK, (roomId) => roomId);
    expect(drawn.map(({ start }) => start.slice(11))).toEqual(["09:00:00", "09:00:00"]);
  });

  it("never draw something that ends before it begins", () => {
    const overnight = entry("2026-11-01T05:30:00Z", "2026-11-01T06:15:00Z");
    const [drawn] = drawRooms([room(overnight)], new Map(), new Map(), NEW_YORK, (roomId) => roomId);
    expect(drawn && drawn.end > drawn.start).toBe(true);
  });

  it("refuse a time that does not exist, and one that comes twice", () => {
    expect(meant("2026-03-08 02:30:00", NEW_YORK)).toHaveProperty("problem");
    expect(meant("2026-11-01 01:30:00", NEW_YORK)).toHaveProperty("problem");
    expect(meant("2026-11-02 09:00:00", NEW_YORK)).toEqual({ instant: "2026-11-02T14:00:00Z" });
  });
});

describe("what rooms no longer knows", () => {
  it("shows who did not come in the room that they had, once", () => {
    const missed = {
      id: "s",
      status: "no_show",
      room_id: "201",
      starts_at: "2026-03-02T14:00:00Z",
      ends_at: "2026-03-02T15:00:00Z",
      client_ids: ["c"],
      client_name: "Jonas Weber",
    } as unknown as Session;
    const sessions = new Map([["s", missed]]);
    const draw = (...entries: CalendarEntry[]) =>
      drawRooms([room(...entries)], sessions, new Map(), NEW_YORK, (roomId) => roomId).map((one) => [
        one.kind,
        one.row,
        one.start,
        one.clients,
      ]);
    const seen = ["no_show", "201", "2026-03-02 09:00:00", ["Jonas Weber"]];
    expect(draw()).toEqual([seen]);
    expect(draw(entry("2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z"))).toEqual([seen]);
  });

  it("shows a therapist's time off on each of its days, within the hours that are drawn", () => {
    const off = { id: "o", starts_at: "2026-03-02T17:00:00Z", ends_at: "2026-03-04T05:00:00Z", reason: "Holiday" };
    const days = ["2026-03-02", "2026-03-03", "2026-03-04"];
    const drawn = drawTimeOff([off as TimeOff], days, { start: "08:00:00", end: "18:00:00" }, NEW_YORK);
    expect(drawn.map(({ kind, start, end, reason }) => [kind, start, end, reason])).toEqual([
      ["off", "2026-03-02 12:00:00", "2026-03-02 18:00:00", "Holiday"],
      ["off", "2026-03-03 08:00:00", "2026-03-03 18:00:00", "Holiday"],
    ]);
  });
});

describe("rowsOf", () => {
  const room = (id: string, is_active: boolean) => ({ id, is_active }) as Room;
  const rooms = [room("used", true), room("left", false), room("missed", false), room("empty", false)];
  const taken = [
    { room_id: "left", entries: [{}] },
    { room_id: "empty", entries: [] },
  ] as unknown as RoomCalendar[];

  it("has the rooms in use, and those out of use in which something is, or somebody did not come", () => {
    const missed = { status: "no_show", room_id: "missed" } as Session;
    const cancelled = { status: "cancelled", room_id: "empty" } as Session;
    const sessions = new Map([
      ["1", missed],
      ["2", cancelled],
    ]);
    expect(rowsOf(rooms, taken, sessions).map(({ id }) => id)).toEqual(["used", "left", "missed"]);
  });
});
