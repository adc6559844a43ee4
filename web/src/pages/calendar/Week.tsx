// A week of one room or one therapist: a column for each day, time from top to bottom.
import "@mantine/schedule/styles.layer.css";
import { useMergedRef } from "@mantine/hooks";
import { WeekView } from "@mantine/schedule";
import { useEffect, useMemo, useRef } from "react";
import { conventionsHere, type Day, now, type Wall, wallOf, weekOf } from "@/time";
import { asEvent, entryOf, renderBody, renderEvent, type Whose } from "./Entry";
import classes from "./Entry.module.css";
import type { Drawn } from "./entries";
import { droppedAt, useGrab } from "./grab";
import { hourBefore, opensAt, type Range } from "./hours";
import { canMove, hourInWords } from "./RoomsDay";

const SLOT_MINUTES = 30;
const DRAG_MINUTES = 15;
/** An hour; half of it is 48 pixels, so that a quarter is a target of 24. */
const HOUR_HEIGHT = 96;

interface WeekProps {
  readonly day: string;
  readonly zone: string;
  readonly entries: readonly Drawn[];
  readonly range: Range;
  readonly whose: Whose;
  /** Null where nothing can be booked. */
  readonly onBook: ((start: Wall) => void) | null;
  readonly onLook: (entry: Drawn) => void;
  readonly onMove: (entry: Drawn, start: Wall) => void;
  readonly onDay: (day: Day) => void;
}

export function Week({ day, zone, entries, range, whose, onBook, onLook, onMove, onDay }: WeekProps) {
  const events = useMemo(() => entries.map((entry) => asEvent(entry, zone, whose)), [entries, zone, whose]);
  const grid = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(grid, useGrab("y"));
  // The heads of the days are labelled by what they show; the calendar's own labels are others.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another week has other heads
  useEffect(() => {
    for (const head of grid.current?.querySelectorAll(`.${classes.weekday}`) ?? []) {
      head.removeAttribute("aria-label");
    }
  }, [day]);
  // The row of days lies over the hour to which it scrolls.
  const first = hourBefore(opensAt(weekOf(day), entries, range, wallOf(now(), zone)));
  return (
    <WeekView
      ref={ref}
      className={`${classes.grid} ${classes.week}`}
      classNames={{ weekViewDayLabel: classes.weekday ?? "" }}
      date={day}
      events={events}
      // Scrolls within the window, so that the days stay in sight above the last of many hours.
      scrollAreaProps={{ className: classes.hours ?? "", type: "auto", scrollbarSize: 8 }}
      {...(first > range.start ? { startScrollTime: first } : {})}
      startTime={range.start}
      endTime={range.end === "24:00:00" ? "23:59:59" : range.end}
      intervalMinutes={SLOT_MINUTES}
      eventDragInterval={DRAG_MINUTES}
      slotHeight={HOUR_HEIGHT}
      slotLabelFormat={(slot) => hourInWords(slot)}
      firstDayOfWeek={conventionsHere().firstDayOfWeek}
      weekdayFormat="ddd"
      withWeekNumber={false}
      highlightToday
      withHeader={false}
      withAllDaySlots={false}
      withCurrentTimeBubble={false}
      getCurrentTime={() => wallOf(now(), zone)}
      renderEvent={renderEvent}
      renderEventBody={renderBody}
      onEventClick={(event) => onLook(entryOf(event))}
      onTimeSlotClick={({ slotStart }) => onBook?.(slotStart)}
      withDragSlotSelect={onBook !== null}
      onSlotDragEnd={(rangeStart) => onBook?.(rangeStart)}
      withEventsDragAndDrop
      canDragEvent={canMove}
      onDateChange={onDay}
      onEventDrop={({ event, newStart }) =>
        onMove(entryOf(event), droppedAt(entryOf(event).start, newStart, DRAG_MINUTES))
      }
      labels={{ timeSlot: onBook ? "Book" : "Closed" }}
    />
  );
}
