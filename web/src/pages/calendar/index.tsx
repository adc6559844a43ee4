// The day in all rooms, or the week of one room or therapist: what is taken, what is free, what is moving.
import { Alert, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconClockEdit } from "@tabler/icons-react";
import { useCallback, useMemo } from "react";
import { useNavigate } from "react-router";
import { api, type Room, useEverySession } from "@/api";
import { Empty, Page, Shown, Skeletons } from "@/parts";
import { useAt, useSite } from "@/site";
import { clockChanges, dayInWords, type Instant, today, useNow, type Wall, weekOf, zoneInWords } from "@/time";
import { DayList } from "./DayList";
import { drawClosed, drawRooms, drawSessions, freeAt, rangeOf, suits } from "./entries";
import { Legend } from "./Legend";
import { MoveRefused } from "./MoveRefused";
import { RoomsDay } from "./RoomsDay";
import { Toolbar } from "./Toolbar";
import { Undecided } from "./Undecided";
import { useCalendarAddress } from "./useCalendarAddress";
import { useMoves } from "./useMoves";
import { Week } from "./Week";

const ROOMS_AT_MOST = 500;
const NARROW = "(max-width: 640px)";

export function Component() {
  const site = useSite();
  const zone = site.time_zone;
  const [address, change] = useCalendarAddress(zone);
  const { day, view, roomId, therapistId, capacity, equipment, freeOnly } = address;
  const days = useMemo(() => (view === "week" ? weekOf(day) : [day]), [view, day]);
  const instant = useNow(30);
  const narrow = useMediaQuery(NARROW);
  const navigate = useNavigate();
  const at = useAt();

  const rooms = api.useQuery("get", "/api/rooms/rooms", {
    params: { query: { site_id: site.id, is_active: true, limit: ROOMS_AT_MOST } },
  });
  const first = days[0] ?? day;
  const last = days.at(-1) ?? day;
  const calendar = api.useQuery("get", "/api/rooms/calendar", {
    params: { query: { site_id: site.id, from: first, to: last } },
  });
  const [from, to] = [calendar.data?.starts_at, calendar.data?.ends_at];
  const sessions = useEverySession(
    view === "day" || !from || !to
      ? { site_id: site.id, day }
      : therapistId
        ? { therapist_id: therapistId, from, to }
        : { site_id: site.id, from, to },
  );

  const known = useMemo(() => new Map((sessions.data ?? []).map((session) => [session.id, session])), [sessions.data]);
  const moving = useMoves(known, zone);

  const shownRooms = useMemo(() => {
    const found = rooms.data?.items.filter((room) => suits(room, { capacity, equipment })) ?? [];
    if (!freeOnly || view !== "day" || !calendar.data) {
      return found;
    }
    const free = freeAt(instant, calendar.data.rooms, calendar.data.openings);
    return found.filter(({ id }) => free.has(id));
  }, [rooms.data, capacity, equipment, freeOnly, view, calendar.data, instant]);

  const drawn = useMemo(() => {
    const taken = calendar.data;
    if (!taken) {
      return { entries: [], range: rangeOf(days, [], [], zone) };
    }
    const ofRoom = roomId ? taken.rooms.filter(({ room_id }) => room_id === roomId) : taken.rooms;
    const person = view === "week" && therapistId;
    const every = person
      ? drawSessions(sessions.data ?? [], zone)
      : drawRooms(ofRoom, known, moving.moves, zone, (room, starts: Instant) => (view === "day" ? room : starts));
    const range = rangeOf(
      days,
      taken.openings,
      person ? (sessions.data ?? []) : ofRoom.flatMap(({ entries }) => entries),
      zone,
    );
    const rows = view === "day" ? shownRooms.map(({ id }) => id) : ["week"];
    const closed = rows.flatMap((row) => drawClosed(row, days, taken.openings, range, zone));
    return { entries: [...closed, ...every], range };
  }, [calendar.data, sessions.data, known, moving.moves, zone, view, days, roomId, therapistId, shownRooms]);

  const book = useCallback(
    (start: Wall, where: { room?: string } = {}) => {
      const query = new URLSearchParams({ day: start.slice(0, 10), time: start.slice(11, 16) });
      const room = where.room ?? roomId;
      if (room) {
        query.set("room", room);
      }
      if (therapistId) {
        query.set("therapist", therapistId);
      }
      void navigate(at(`/book?${query}`));
    },
    [navigate, at, roomId, therapistId],
  );
  const open = useCallback((sessionId: string) => void navigate(at(`/sessions/${sessionId}`)), [navigate, at]);

  const changes = clockChanges(days, zone);
  const isToday = day === today(zone);
  return (
    <Page
      title="Calendar"
      wide
      about={`${site.site_name} · ${view === "day" ? dayInWords(day, { weekday: "long" }) : `${dayInWords(first)} – ${dayInWords(last)}`} · ${zoneInWords(zone, from ?? instant)}`}
      actions={<Legend />}
    >
      <Toolbar address={address} onChange={change} rooms={rooms.data?.items ?? []} isToday={isToday} zone={zone} />
      {changes.map((changed) => (
        <Alert
          key={changed}
          icon={<IconClockEdit aria-hidden />}
          color="yellow"
          p="xs"
          styles={{ message: { color: "inherit" } }}
        >
          The clocks are set on {dayInWords(changed)}. Sessions keep the time that the clock at the site shows.
        </Alert>
      ))}
      <Undecided sessions={sessions.data ?? []} zone={zone} onOpen={open} />
      <Shown query={calendar} waiting={<Skeletons lines={8} />}>
        {(taken) => (
          <Stack gap="xs">
            {taken.openings.length === 0 && (
              <Text size="sm" c="dimmed">
                {site.site_name} is closed {view === "day" ? "on this day" : "in this week"}.
              </Text>
            )}
            {view === "week" && !roomId && !therapistId ? (
              <Empty title="Whose week?">Choose a room or a therapist above.</Empty>
            ) : narrow ? (
              <DayList
                entries={drawn.entries}
                rooms={shownRooms}
                days={days}
                zone={zone}
                onOpen={open}
                onBook={book}
                byRoom={view === "day"}
              />
            ) : view === "day" ? (
              <Rooms rooms={shownRooms} every={rooms.data?.items.length ?? 0}>
                <RoomsDay
                  day={day}
                  zone={zone}
                  rooms={shownRooms}
                  entries={drawn.entries}
                  range={drawn.range}
                  onBook={book}
                  onOpen={open}
                  onMove={moving.move}
                />
              </Rooms>
            ) : (
              <Week
                day={first}
                zone={zone}
                entries={drawn.entries}
                range={drawn.range}
                onBook={book}
                onOpen={open}
                onMove={(entry, start) =>
                  entry.session?.room_id && moving.move(entry, start, roomId ?? entry.session.room_id)
                }
              />
            )}
          </Stack>
        )}
      </Shown>
      <MoveRefused
        refused={moving.refused}
        zone={zone}
        onClose={moving.forget}
        onChoose={moving.choose}
        onInsist={moving.insist}
      />
    </Page>
  );
}

function Rooms({ rooms, every, children }: { rooms: readonly Room[]; every: number; children: React.ReactNode }) {
  const at = useAt();
  if (rooms.length) {
    return children;
  }
  return every ? (
    <Empty title="No room is like that">Take away a filter to see more of the {every} rooms.</Empty>
  ) : (
    <Empty title="This site has no rooms yet" action={{ name: "Add rooms", to: at("/rooms") }}>
      Rooms have a number, places and equipment.
    </Empty>
  );
}
