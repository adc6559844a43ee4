// What the calendar shows: read from rooms and scheduling, and drawn.
import { useEffect, useMemo } from "react";
import { api, useEverySession } from "@/api";
import { useClients } from "@/features/people/names";
import { useSite } from "@/features/site";
import { type Day, type Instant, useNow, weekOf } from "@/time";
import { markDisplaced } from "./displaced";
import {
  blocksOutside,
  cutBlocks,
  drawClosed,
  drawRooms,
  drawSessions,
  drawTimeOff,
  freeAt,
  isBehind,
  rowsOf,
  suits,
} from "./entries";
import { rangeOf } from "./hours";
import type { CalendarAddress } from "./useCalendarAddress";
import { useMoves } from "./useMoves";

const ROOMS_AT_MOST = 500;
const ABSENCES_AT_MOST = 500;
const LOOK_AGAIN_S = 30;
/** Rooms publishes nothing when it frees a room. */
const BEHIND_MS = 2_000;

/** Everything that stands in the calendar at this address, and the moves that are under way. */
export function useCalendar({ day, view, roomId, therapistId, capacity, equipment, freeOnly }: CalendarAddress) {
  const site = useSite();
  const zone = site.time_zone;
  const instant = useNow(LOOK_AGAIN_S);
  const days = useMemo<Day[]>(() => (view === "week" ? weekOf(day) : [day]), [view, day]);
  const first = days[0] ?? day;
  const last = days.at(-1) ?? day;

  const rooms = api.useQuery("get", "/api/rooms/rooms", {
    params: { query: { site_id: site.id, limit: ROOMS_AT_MOST } },
  });
  const taken = api.useQuery("get", "/api/rooms/calendar", {
    params: { query: { site_id: site.id, from: first, to: last } },
  });
  const [from, to] = [taken.data?.starts_at, taken.data?.ends_at];
  const sessions = useEverySession(
    view === "day" || !from || !to
      ? { site_id: site.id, day }
      : therapistId
        ? { therapist_id: therapistId, from, to }
        : { site_id: site.id, from, to },
  );
  const known = useMemo(() => new Map((sessions.data ?? []).map((session) => [session.id, session])), [sessions.data]);
  const moving = useMoves(known, zone);
  const behind = useMemo(() => isBehind(taken.data?.rooms ?? [], known), [taken.data, known]);
  const { refetch, dataUpdatedAt } = taken;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer that is still behind is followed by another request
  useEffect(() => {
    const timer = behind ? setTimeout(() => void refetch(), BEHIND_MS) : undefined;
    return () => clearTimeout(timer);
  }, [behind, refetch, dataUpdatedAt]);
  const absences = api.useQuery(
    "get",
    "/api/scheduling/therapists/{therapist_id}/time-off",
    { params: { path: { therapist_id: therapistId ?? "" }, query: { from: from ?? "", limit: ABSENCES_AT_MOST } } },
    { enabled: view === "week" && therapistId !== null && from !== undefined },
  );
  const inGroups = useMemo(
    () => [...new Set((sessions.data ?? []).flatMap(({ client_ids }) => (client_ids.length > 1 ? client_ids : [])))],
    [sessions.data],
  );
  const named = useClients(inGroups);
  const inWords = JSON.stringify(named.map(({ id, name }) => [id, name]));
  const names = useMemo(() => new Map<string, string>(JSON.parse(inWords)), [inWords]);

  const shown = useMemo(() => {
    const rows = rowsOf(rooms.data?.items ?? [], taken.data?.rooms ?? [], known);
    const found = rows.filter((room) => suits(room, { capacity, equipment }));
    if (!freeOnly || view !== "day" || !taken.data) {
      return found;
    }
    const free = freeAt(instant, taken.data.rooms, taken.data.openings);
    return found.filter(({ id, is_active }) => is_active && free.has(id));
  }, [rooms.data, capacity, equipment, freeOnly, view, taken.data, known, instant]);
  const inUse = useMemo(() => rooms.data?.items.filter(({ is_active }) => is_active) ?? [], [rooms.data]);

  const drawn = useMemo(() => {
    if (!taken.data) {
      return { entries: [], range: rangeOf(days, [], [], zone), outside: [] };
    }
    const { rooms: every, openings } = taken.data;
    const ofRoom = roomId ? every.filter(({ room_id }) => room_id === roomId) : every;
    const ofPerson = view === "week" && therapistId ? (sessions.data ?? []) : null;
    const entries = ofPerson
      ? drawSessions(ofPerson, moving.moves, zone)
      : drawRooms(ofRoom, known, moving.moves, zone, (room, starts: Instant) => (view === "day" ? room : starts));
    const range = rangeOf(days, openings, ofPerson ?? ofRoom.flatMap((room) => room.entries), zone);
    const rows = view === "day" ? shown.map(({ id }) => id) : ["week"];
    const closed = rows.flatMap((row) => drawClosed(row, days, openings, range, zone));
    const away = ofPerson ? drawTimeOff(absences.data?.items ?? [], days, range, zone) : [];
    const withNames = entries.map((entry) => {
      const ids = entry.session?.client_ids ?? [];
      return ids.length > 1 ? { ...entry, clients: ids.map((id) => names.get(id) ?? "…") } : entry;
    });
    const inRows = entries.filter(({ row }) => view === "week" || rows.includes(row));
    const outside = blocksOutside(inRows, days, range);
    return {
      entries: [...closed, ...away, ...cutBlocks(markDisplaced(withNames, every), days, range)],
      range,
      outside,
    };
  }, [
    absences.data,
    names,
    taken.data,
    sessions.data,
    known,
    moving.moves,
    zone,
    view,
    days,
    roomId,
    therapistId,
    shown,
  ]);

  return { days, first, last, instant, rooms, inUse, shown, taken, sessions, known, moving, ...drawn };
}
