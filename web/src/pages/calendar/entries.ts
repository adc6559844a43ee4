// What a calendar draws, made of what rooms and scheduling know. Pure: the tests look at it without a browser.
import type { CalendarEntry, Room, RoomCalendar, Session, TimeOff } from "@/api";
import type { Displacement } from "@/features/sessions/displaced";
import { heldUntil } from "@/features/sessions/standing";
import {
  addDays,
  type Day,
  dayOf,
  type Instant,
  instantsOf,
  minutesBetween,
  type Wall,
  wallAfter,
  wallOf,
} from "@/time";
import type { Range } from "./hours";

export type EntryKind =
  | "booked"
  /** A room is taken, and the session is not known: it may be over, or have been cancelled. */
  | "taken"
  | "completed"
  | "no_show"
  | "held"
  | "moving"
  | "leaving"
  | "block"
  | "off"
  | "turnover"
  | "closed";

/** Something drawn in a row of the calendar, on the site's wall clock. */
export interface Drawn {
  readonly id: string;
  readonly kind: EntryKind;
  readonly row: string;
  readonly start: Wall;
  readonly end: Wall;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly session: Session | null;
  /** Who comes: every client of a group. */
  readonly clients: readonly string[];
  readonly sessionId: string | null;
  readonly reason: string | null;
  readonly expiresAt: Instant | null;
  /** Whether the therapist is off then: it was kept, and somebody has to move or cancel it. */
  readonly therapistOff: boolean;
  /** Why it needs another room or time. */
  readonly displacedBy?: readonly Displacement[];
}

export interface Opening {
  readonly starts_at: Instant;
  readonly ends_at: Instant;
}

/** A move that was requested and rooms has not answered. */
export interface Move {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly roomId: string;
}

const BACKGROUND: ReadonlySet<EntryKind> = new Set(["turnover", "closed"]);

export function isBackground(kind: EntryKind): boolean {
  return BACKGROUND.has(kind);
}

/** Everything in the rooms: sessions, holds, blocks, and what is kept free after them. */
export function drawRooms(
  rooms: readonly RoomCalendar[],
  sessions: ReadonlyMap<string, Session>,
  moves: ReadonlyMap<string, Move>,
  zone: string,
  rowOf: (roomId: string, entry: Instant) => string,
): Drawn[] {
  const drawn: Drawn[] = [];
  for (const { room_id, entries } of rooms) {
    for (const entry of entries) {
      const row = rowOf(room_id, entry.starts_at);
      const session = (entry.session_id && sessions.get(entry.session_id)) || null;
      const move = entry.session_id === null ? undefined : moves.get(entry.session_id);
      if (move?.roomId === room_id && isAt(move, entry.starts_at)) {
        // Held there already; the move itself is drawn there until it is confirmed.
        continue;
      }
      if (hasLeft(session, room_id, entry)) {
        continue;
      }
      const leaving = move !== undefined;
      const kind = leaving ? "leaving" : kindOf(entry, room_id, session);
      drawn.push(drawnAs(kind, row, entry.starts_at, entry.ends_at, zone, { entry, session }));
      if (minutesBetween(entry.ends_at, entry.occupied_until) > 0) {
        drawn.push(drawnAs("turnover", row, entry.ends_at, entry.occupied_until, zone, { entry, session: null }));
      }
    }
  }
  const known = new Set(drawn.map(({ sessionId }) => sessionId));
  const ofRooms = new Set(rooms.map(({ room_id }) => room_id));
  for (const session of sessions.values()) {
    // Rooms gives a missed session's room to others; the desk still sees who did not come.
    if (session.status === "no_show" && session.room_id && ofRooms.has(session.room_id) && !known.has(session.id)) {
      const row = rowOf(session.room_id, session.starts_at);
      drawn.push(drawnAs("no_show", row, session.starts_at, session.ends_at, zone, { entry: null, session }));
    }
  }
  drawn.push(...drawMoves(moves, sessions, zone, ({ roomId, startsAt }) => rowOf(roomId, startsAt)));
  return drawn;
}

/** Whether rooms still has sessions in rooms that they have left. */
export function isBehind(rooms: readonly RoomCalendar[], sessions: ReadonlyMap<string, Session>): boolean {
  return rooms.some(({ room_id, entries }) =>
    entries.some((entry) => hasLeft(sessions.get(entry.session_id ?? "") ?? null, room_id, entry)),
  );
}

/** A therapist's time off in these days, day by day, within the hours that are drawn. */
export function drawTimeOff(absences: readonly TimeOff[], days: readonly Day[], range: Range, zone: string): Drawn[] {
  const drawn: Drawn[] = [];
  for (const day of days) {
    const [first, last] = boundsOf(day, range);
    for (const { id, starts_at, ends_at, reason } of absences) {
      const [from, to] = [wallOf(starts_at, zone), wallOf(ends_at, zone)];
      const [start, end] = [from > first ? from : first, to < last ? to : last];
      if (start < end) {
        const one = drawnAs("off", day, starts_at, ends_at, zone, { entry: null, session: null });
        drawn.push({ ...one, id: `off ${id} ${day}`, start, end, reason: reason ?? null });
      }
    }
  }
  return drawn;
}

/** Blocks cut to the hours that are drawn, day by day; what lies outside of them is not drawn. */
export function cutBlocks(entries: readonly Drawn[], days: readonly Day[], range: Range): Drawn[] {
  return entries.flatMap((entry) =>
    entry.kind === "block"
      ? days.flatMap((day) => {
          const [first, last] = boundsOf(day, range);
          const [start, end] = [entry.start > first ? entry.start : first, entry.end < last ? entry.end : last];
          return start < end ? [{ ...entry, id: `${entry.id} ${day}`, start, end }] : [];
        })
      : [entry],
  );
}

/** A block of a day that lies outside of the hours that are drawn: when, why, and in which rows. */
export interface Outside extends Pick<Drawn, "startsAt" | "endsAt" | "reason"> {
  readonly day: Day;
  readonly rows: readonly string[];
}

/** The blocks of these days of which nothing is drawn; those of one time and reason together. */
export function blocksOutside(entries: readonly Drawn[], days: readonly Day[], range: Range): Outside[] {
  const found = new Map<string, Outside>();
  for (const day of days) {
    const [first, last] = boundsOf(day, range);
    for (const { kind, start, end, startsAt, endsAt, reason, row } of entries) {
      const isOnDay = start < `${addDays(day, 1)} 00:00:00` && end > `${day} 00:00:00`;
      if (kind === "block" && isOnDay && (end <= first || start >= last)) {
        const key = `${day} ${startsAt} ${endsAt} ${reason ?? ""}`;
        found.set(key, { day, startsAt, endsAt, reason, rows: [...(found.get(key)?.rows ?? []), row] });
      }
    }
  }
  return [...found.values()].sort((one, other) =>
    `${one.day} ${one.startsAt}`.localeCompare(`${other.day} ${other.startsAt}`),
  );
}

/** The days on which the site does not open. */
export function closedDays(days: readonly Day[], openings: readonly Opening[], zone: string): ReadonlySet<Day> {
  const isOpen = (day: Day) =>
    openings.some(
      ({ starts_at, ends_at }) =>
        wallOf(starts_at, zone) < `${addDays(day, 1)} 00:00:00` && wallOf(ends_at, zone) > `${day} 00:00:00`,
    );
  return new Set(days.filter((day) => !isOpen(day)));
}

/** A therapist's sessions, wherever they have a room or wait for one; one that was refused has taken nobody's time. */
export function drawSessions(sessions: readonly Session[], moves: ReadonlyMap<string, Move>, zone: string): Drawn[] {
  const known = new Map(sessions.map((session) => [session.id, session]));
  const drawn = sessions
    .filter((session) => ["requested", "booked", "completed", "no_show"].includes(session.status) || heldUntil(session))
    // One that moves to another room at its own time is drawn once, as moving.
    .filter(({ id, starts_at }) => !isAt(moves.get(id), starts_at))
    .map((session) => {
      const { id, status, starts_at, ends_at } = session;
      const settled = status === "completed" || status === "no_show" || status === "booked" ? status : "held";
      const kind: EntryKind = moves.has(id) ? "leaving" : settled;
      const one = drawnAs(kind, dayOf(starts_at, zone), starts_at, ends_at, zone, { entry: null, session });
      return { ...one, id, sessionId: id };
    });
  return [...drawn, ...drawMoves(moves, known, zone, ({ startsAt }) => dayOf(startsAt, zone))];
}

function drawMoves(
  moves: ReadonlyMap<string, Move>,
  sessions: ReadonlyMap<string, Session>,
  zone: string,
  rowOf: (move: Move) => string,
): Drawn[] {
  return [...moves].map(([sessionId, move]) => {
    const session = sessions.get(sessionId) ?? null;
    const one = drawnAs("moving", rowOf(move), move.startsAt, move.endsAt, zone, { entry: null, session });
    return { ...one, id: `moving ${sessionId}`, sessionId, therapistOff: false };
  });
}

/** The times of these days at which the site is closed, for a row. */
export function drawClosed(
  row: string,
  days: readonly Day[],
  openings: readonly Opening[],
  range: Range,
  zone: string,
): Drawn[] {
  const closed: Drawn[] = [];
  for (const day of days) {
    const [begin, end] = boundsOf(day, range);
    let from = begin;
    for (const { starts_at, ends_at } of openings) {
      const opens = wallOf(starts_at, zone);
      const closes = wallOf(ends_at, zone);
      if (closes <= from || opens >= end) {
        continue;
      }
      if (opens > from) {
        closed.push(shut(row, from, opens));
      }
      from = closes > from ? closes : from;
    }
    if (from < end) {
      closed.push(shut(row, from, end));
    }
  }
  return closed;
}

/** Which rooms nobody has at an instant, while the site is open. */
export function freeAt(
  instant: Instant,
  rooms: readonly RoomCalendar[],
  openings: readonly Opening[],
): ReadonlySet<string> {
  const covers = (from: Instant, to: Instant) => minutesBetween(from, instant) >= 0 && minutesBetween(instant, to) > 0;
  if (!openings.some(({ starts_at, ends_at }) => covers(starts_at, ends_at))) {
    return new Set();
  }
  const free = rooms.filter(({ entries }) => !entries.some((entry) => covers(entry.starts_at, entry.occupied_until)));
  return new Set(free.map(({ room_id }) => room_id));
}

export interface RoomFilter {
  readonly capacity: number;
  readonly equipment: readonly string[];
}

export function suits(room: Room, { capacity, equipment }: RoomFilter): boolean {
  return room.capacity >= capacity && equipment.every((word) => room.equipment.includes(word));
}

/** Rooms in use, and those out of use that still have or had something in this time: nothing of it may be missing. */
export function rowsOf(
  rooms: readonly Room[],
  taken: readonly RoomCalendar[],
  sessions: ReadonlyMap<string, Session>,
): Room[] {
  const used = new Set(taken.flatMap(({ room_id, entries }) => (entries.length > 0 ? [room_id] : [])));
  for (const { status, room_id } of sessions.values()) {
    if (status === "no_show" && room_id) {
      used.add(room_id);
    }
  }
  return rooms.filter(({ id, is_active }) => is_active || used.has(id));
}

/** The one instant that a wall clock means, or why there is not one. */
export function meant(wall: Wall, zone: string): { instant: Instant } | { problem: string } {
  const [first, second] = instantsOf(wall, zone);
  if (!first) {
    return { problem: "The clocks are set forward that night; this time does not exist. Choose one an hour later." };
  }
  if (second) {
    return { problem: "The clocks are set back that night; this time comes twice. Choose it on the session's page." };
  }
  return { instant: first };
}

/** Whether a session was cancelled or is booked elsewhere: rooms frees a room a moment after scheduling has decided that. */
function hasLeft(session: Session | null, roomId: string, entry: CalendarEntry): boolean {
  if (session === null || entry.kind !== "booked") {
    return false;
  }
  return session.status === "cancelled" || (session.status === "booked" && !isPlaceOf(session, roomId, entry));
}

function isPlaceOf(session: Session, roomId: string, { starts_at }: CalendarEntry): boolean {
  return session.room_id === roomId && minutesBetween(session.starts_at, starts_at) === 0;
}

function kindOf(entry: CalendarEntry, roomId: string, session: Session | null): EntryKind {
  if (session && heldUntil(session)) {
    return "held";
  }
  if (entry.kind === "booked" && (session?.status === "completed" || session?.status === "no_show")) {
    return session.status;
  }
  if (entry.kind === "booked" && session === null) {
    return "taken";
  }
  // Rooms confirms a hold a moment after the session is booked; who looks then must not think that it may still end.
  const isCertain = session?.status === "booked" && isPlaceOf(session, roomId, entry);
  return entry.kind === "held" && isCertain ? "booked" : entry.kind;
}

function drawnAs(
  kind: EntryKind,
  row: string,
  startsAt: Instant,
  endsAt: Instant,
  zone: string,
  { entry, session }: { entry: CalendarEntry | null; session: Session | null },
): Drawn {
  const start = wallOf(startsAt, zone);
  const shown = wallOf(endsAt, zone);
  // Where clocks are set back, something may end before it began, as the clock on the wall has it: it is drawn as long as it lasts.
  const end = shown > start ? shown : wallAfter(start, minutesBetween(startsAt, endsAt));
  const key = entry ? (entry.hold_id ?? entry.block_id ?? "") : (session?.id ?? "");
  return {
    id: `${kind} ${key} ${startsAt}`,
    kind,
    row,
    start,
    end,
    startsAt,
    endsAt,
    session,
    clients: session ? [session.client_name ?? "A client"] : [],
    sessionId: entry?.session_id ?? session?.id ?? null,
    reason: entry?.reason ?? null,
    expiresAt: (session && heldUntil(session)) ?? entry?.expires_at ?? null,
    therapistOff: session?.therapist_off ?? false,
  };
}

function boundsOf(day: Day, { start, end }: Range): [first: Wall, last: Wall] {
  return [`${day} ${start}`, end === "24:00:00" ? `${day} 23:59:59` : `${day} ${end}`];
}

function isAt(move: Move | undefined, start: Instant): boolean {
  return move !== undefined && minutesBetween(move.startsAt, start) === 0;
}

function shut(row: string, start: Wall, end: Wall): Drawn {
  return {
    id: `closed ${row} ${start}`,
    kind: "closed",
    row,
    start,
    end,
    startsAt: "",
    endsAt: "",
    session: null,
    clients: [],
    sessionId: null,
    reason: null,
    expiresAt: null,
    therapistOff: false,
  };
}
