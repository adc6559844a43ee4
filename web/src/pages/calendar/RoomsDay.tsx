// A day of all rooms: a row each, time from left to right.
import "@mantine/schedule/styles.layer.css";
import { Text } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { ResourcesDayView, type ScheduleEventData } from "@mantine/schedule";
import { useMemo } from "react";
import type { Room } from "@/api";
import { conventionsHere, now, today, type Wall, wallOf } from "@/time";
import { asEvent, entryOf, renderBody, renderEvent } from "./Entry";
import classes from "./Entry.module.css";
import type { Drawn } from "./entries";
import { droppedAt, useGrab } from "./grab";
import { opensAt, type Range } from "./hours";

const SLOT_MINUTES = 30;
const DRAG_MINUTES = 15;
/** Half an hour is wide enough that a quarter is a target of 24 pixels. */
const SLOT_WIDTH = 48;
const SLOTS_PER_HOUR = 60 / SLOT_MINUTES;
/** Leaves twelve hours of 48 pixels per half hour on a screen of 1600. */
const LABEL_WIDTH = 172;
const BORDERS = 3;
const ROW_HEIGHT = 68;

interface RoomsDayProps {
  readonly day: string;
  readonly zone: string;
  readonly rooms: readonly Room[];
  readonly entries: readonly Drawn[];
  readonly range: Range;
  /** Null where nothing can be booked. */
  readonly onBook: ((start: Wall, where: { room: string }) => void) | null;
  readonly onLook: (entry: Drawn) => void;
  readonly onMove: (entry: Drawn, start: Wall, roomId: string) => void;
}

export function RoomsDay({ day, zone, rooms, entries, range, onBook, onLook, onMove }: RoomsDayProps) {
  const events = useMemo(() => entries.map((entry) => asEvent(entry, zone)), [entries, zone]);
  const isToday = day === today(zone);
  const { ref: size, width } = useElementSize();
  const ref = useMergedRef(size, useGrab("x"));
  const slots = (Number(range.end.slice(0, 2)) - Number(range.start.slice(0, 2))) * SLOTS_PER_HOUR;
  const slotWidth = Math.max(SLOT_WIDTH, Math.floor((width - LABEL_WIDTH - BORDERS) / slots));
  return (
    <ResourcesDayView
      ref={ref}
      className={`${classes.grid} ${classes.day}`}
      classNames={{
        resourcesDayViewResourceLabel: classes.rowHead ?? "",
        resourcesDayViewCorner: classes.corner ?? "",
        resourcesDayViewTimeLabelsRow: classes.axis ?? "",
      }}
      date={day}
      resources={rooms.map((room) => ({
        id: room.id,
        label: `${room.room_number} ${room.room_name}`,
        payload: { room },
      }))}
      events={events}
      startTime={range.start}
      endTime={range.end === "24:00:00" ? "23:59:59" : range.end}
      intervalMinutes={SLOT_MINUTES}
      eventDragInterval={DRAG_MINUTES}
      slotWidth={slotWidth}
      rowHeight={ROW_HEIGHT}
      slotLabelFormat={(slot) => (slot.slice(14, 16) === "00" ? hourInWords(slot) : "")}
      withHeader={false}
      // Scrolls within the window, so that the hours stay in sight above the last of many rooms.
      scrollAreaProps={{ className: classes.rooms ?? "", type: "auto", scrollbarSize: 8 }}
      withCurrentTimeIndicator={isToday}
      withCurrentTimeBubble={false}
      getCurrentTime={() => wallOf(now(), zone)}
      startScrollTime={opensAt([day], entries, range, wallOf(now(), zone))}
      renderResourceLabel={(resource) => <RoomLabel room={resource.payload?.room} />}
      renderEvent={renderEvent}
      renderEventBody={renderBody}
      onEventClick={(event) => onLook(entryOf(event))}
      onTimeSlotClick={({ slotStart, resourceId }) => onBook?.(slotStart, { room: String(resourceId) })}
      withDragSlotSelect={onBook !== null}
      onSlotDragEnd={({ rangeStart, resourceId }) => onBook?.(rangeStart, { room: String(resourceId) })}
      withEventsDragAndDrop
      canDragEvent={canMove}
      onEventDrop={({ event, newStart, resourceId }) =>
        onMove(
          entryOf(event),
          droppedAt(entryOf(event).start, newStart, DRAG_MINUTES),
          String(resourceId ?? event.resourceId),
        )
      }
      labels={{ resourceSlot: onBook ? "Book" : "Closed", resources: "Rooms" }}
    />
  );
}

export function canMove(event: ScheduleEventData): boolean {
  return entryOf(event).kind === "booked" && entryOf(event).session?.status === "booked";
}

/** The label of an hour: `9 AM` or `09:00`. */
export function hourInWords(slot: string): string {
  const hour = Number(slot.slice(11, 13));
  return conventionsHere().twelveHours ? `${hour % 12 || 12} ${hour < 12 ? "AM" : "PM"}` : `${slot.slice(11, 13)}:00`;
}

function RoomLabel({ room }: { room: Room }) {
  return (
    <div className={classes.label}>
      <Text size="sm" fw={650} truncate>
        {room.room_number} {room.room_name}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {room.is_active ? "" : "out of use · "}
        {room.capacity} seats{room.equipment.length ? ` · ${room.equipment.join(", ")}` : ""}
      </Text>
    </div>
  );
}
