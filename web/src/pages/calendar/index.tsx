// The day in all rooms, or the week of one room or therapist: what is taken, what is free, what is moving.
import { Alert, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconClockEdit } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import type { Room } from "@/api";
import { siteInWords, useSite } from "@/features/site";
import { addDays, clockChanges, type Day, dayInWords, today, type Wall, zoneInWords } from "@/time";
import { Empty, Loaded, later, Page, ProblemNotice, Skeletons, useAt, useFailure, useKeys } from "@/ui";
import { closedDays, type Drawn } from "./entries";
import { Legend } from "./Legend";
import { OutsideHours } from "./OutsideHours";
import { Toolbar } from "./Toolbar";
import { Undecided } from "./Undecided";
import { useCalendar } from "./useCalendar";
import { type CalendarAddress, useCalendarAddress } from "./useCalendarAddress";

// Only one of these three is shown.
const WAITING = <Skeletons lines={8} />;
const RoomsDay = later(async () => (await import("./RoomsDay")).RoomsDay, WAITING);
const Week = later(async () => (await import("./Week")).Week, WAITING);
const DayList = later(async () => (await import("./DayList")).DayList, WAITING);
const EntryDialog = later(async () => (await import("./EntryDialog")).EntryDialog);
const MoveUnanswered = later(async () => (await import("./MoveUnanswered")).MoveUnanswered);
const MoveRefused = later(async () => (await import("./MoveRefused")).MoveRefused);

const NARROW = "(max-width: 640px)";

export function Component() {
  const site = useSite();
  const zone = site.time_zone;
  const [address, change] = useCalendarAddress(zone);
  const { day, view, roomId, therapistId } = address;
  const calendar = useCalendar(address);
  const { days, first, last, moving, sessions } = calendar;
  const unanswered = useFailure(sessions)?.problem ?? sessions.error;
  const [looked, setLooked] = useState<Drawn | null>(null);
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const navigate = useNavigate();
  const at = useAt();

  const step = view === "week" ? days.length : 1;
  // Who presses faster than the address follows still gets as far as the keys go.
  const aim = useRef(day);
  useEffect(() => {
    aim.current = day;
  }, [day]);
  useKeys(
    useMemo(() => {
      const go = (to: Day) => {
        aim.current = to;
        change({ day: to });
      };
      return {
        j: () => go(addDays(aim.current, step)),
        k: () => go(addDays(aim.current, -step)),
        t: () => go(today(zone)),
      };
    }, [change, step, zone]),
  );

  const booking = useCallback(
    (start: Wall, where: { room?: string } = {}) =>
      void navigate(at(`/book?${wantedStart(start, where.room, address)}`)),
    [navigate, at, address],
  );
  const book = site.is_active ? booking : null;
  const open = useCallback((sessionId: string) => void navigate(at(`/sessions/${sessionId}`)), [navigate, at]);

  const whose = view === "week" && !roomId && !therapistId;
  return (
    <Page
      title="Calendar"
      wide
      about={`${siteInWords(site)} · ${view === "day" ? dayInWords(day, { weekday: "long" }) : `${dayInWords(first)} – ${dayInWords(last)}`} · ${zoneInWords(zone, calendar.taken.data?.starts_at ?? calendar.instant)}`}
      actions={<Legend />}
    >
      <Toolbar
        address={address}
        onChange={change}
        rooms={calendar.inUse}
        isToday={days.includes(today(zone))}
        zone={zone}
      />
      <ClockChanges days={days} zone={zone} />
      <Undecided sessions={sessions.data ?? []} zone={zone} onOpen={open} />
      {unanswered && (
        <ProblemNotice error={unanswered} onRetry={() => void sessions.refetch()}>
          {!sessions.data && (
            <Text size="sm">Until then, whose sessions these are and how they stand is not known.</Text>
          )}
        </ProblemNotice>
      )}
      {/* Without its rooms, an empty calendar would say that there are none. */}
      <Loaded query={calendar.rooms} waiting={WAITING}>
        {() => (
          <Loaded query={calendar.taken} waiting={WAITING}>
            {({ openings }) => (
              <Stack gap="xs">
                {openings.length === 0 && (
                  <Text size="sm" c="dimmed">
                    {site.site_name} is closed {view === "day" ? "on this day" : "in this week"}.
                  </Text>
                )}
                {!whose && (
                  <OutsideHours outside={calendar.outside} rooms={calendar.shown} zone={zone} byRoom={view === "day"} />
                )}
                {whose ? (
                  <Empty title="Choose a room or a therapist">The week view shows one room or one therapist.</Empty>
                ) : therapistId && !sessions.data ? (
                  // An empty week would say that the therapist has no sessions.
                  !unanswered && WAITING
                ) : narrow ? (
                  <DayList
                    entries={calendar.entries}
                    rooms={calendar.shown}
                    days={days}
                    closed={closedDays(days, openings, zone)}
                    zone={zone}
                    onLook={setLooked}
                    onBook={book}
                    byRoom={view === "day"}
                    whose={therapistId ? "therapist" : "room"}
                  />
                ) : view === "day" ? (
                  <AnyRooms rooms={calendar.shown} every={calendar.inUse.length}>
                    <RoomsDay
                      day={day}
                      zone={zone}
                      rooms={calendar.shown}
                      entries={calendar.entries}
                      range={calendar.range}
                      onBook={book}
                      onLook={setLooked}
                      onMove={moving.move}
                    />
                  </AnyRooms>
                ) : (
                  <Week
                    day={first}
                    zone={zone}
                    whose={therapistId ? "therapist" : "room"}
                    entries={calendar.entries}
                    range={calendar.range}
                    onBook={book}
                    onLook={setLooked}
                    onDay={(chosen) => change({ day: chosen, view: "day" })}
                    onMove={(entry, start) => {
                      const where = roomId ?? entry.session?.room_id;
                      if (where) {
                        moving.move(entry, start, where);
                      }
                    }}
                  />
                )}
              </Stack>
            )}
          </Loaded>
        )}
      </Loaded>
      {looked && (
        <EntryDialog
          entry={looked}
          rooms={calendar.inUse}
          zone={zone}
          onClose={() => setLooked(null)}
          onMove={moving.moveTo}
        />
      )}
      {moving.refused && (
        <MoveRefused
          refused={moving.refused}
          zone={zone}
          onClose={moving.forget}
          onChoose={moving.choose}
          onInsist={moving.insist}
          onRoom={moving.chooseRoom}
        />
      )}
      {moving.unanswered && (
        <MoveUnanswered
          unanswered={moving.unanswered}
          rooms={calendar.inUse}
          zone={zone}
          onClose={moving.forget}
          onAgain={moving.sendAgain}
        />
      )}
    </Page>
  );
}

/** What is handed to the booking page: the place that was clicked, and whose week it is. */
function wantedStart(start: Wall, room: string | undefined, { roomId, therapistId }: CalendarAddress): URLSearchParams {
  const query = new URLSearchParams({ day: start.slice(0, 10), time: start.slice(11, 16) });
  const where = room ?? roomId;
  if (where) {
    query.set("room", where);
  }
  if (therapistId) {
    query.set("therapist", therapistId);
  }
  return query;
}

function ClockChanges({ days, zone }: { days: readonly string[]; zone: string }) {
  return clockChanges([...days], zone).map((changed) => (
    <Alert key={changed} icon={<IconClockEdit aria-hidden />} color="yellow" p="xs">
      The clocks are set on {dayInWords(changed)}. Sessions keep the time that the clock at the site shows.
    </Alert>
  ));
}

function AnyRooms({ rooms, every, children }: { rooms: readonly Room[]; every: number; children: React.ReactNode }) {
  const at = useAt();
  if (rooms.length) {
    return children;
  }
  return every ? (
    <Empty title="No matching room">Take away a filter to see more of the {every} rooms.</Empty>
  ) : (
    <Empty title="This site has no rooms yet" action={{ name: "Add rooms", to: at("/rooms") }}>
      Rooms have a number, seats and equipment.
    </Empty>
  );
}
