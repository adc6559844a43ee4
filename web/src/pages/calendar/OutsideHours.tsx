// Blocks before and after the hours that the calendar draws, in words.
import { Text } from "@mantine/core";
import type { Room } from "@/api";
import { dayInWords, spanOfDaysInWords } from "@/time";
import type { Outside } from "./entries";

interface OutsideHoursProps {
  readonly outside: readonly Outside[];
  readonly rooms: readonly Room[];
  readonly zone: string;
  /** Whether the rows are rooms; otherwise they are the days of one room. */
  readonly byRoom: boolean;
}

export function OutsideHours({ outside, rooms, zone, byRoom }: OutsideHoursProps) {
  return outside.map(({ day, startsAt, endsAt, reason, rows }) => (
    <Text key={`${day} ${startsAt} ${endsAt} ${reason}`} size="sm" c="dimmed">
      Outside of the hours shown: {byRoom ? `${roomsInWords(rows, rooms)} blocked` : `${dayInWords(day)}, blocked`}{" "}
      <span className="numbers">{spanOfDaysInWords(startsAt, endsAt, zone)}</span>
      {reason && `: ${reason}`}
    </Text>
  ));
}

/** `every room`, `room 2`, `rooms 2, 5`. */
function roomsInWords(ids: readonly string[], rooms: readonly Room[]): string {
  if (ids.length === rooms.length && rooms.length > 1) {
    return "every room";
  }
  const numbers = rooms.filter(({ id }) => ids.includes(id)).map(({ room_number }) => room_number);
  return `${numbers.length === 1 ? "room" : "rooms"} ${numbers.join(", ")}`;
}
