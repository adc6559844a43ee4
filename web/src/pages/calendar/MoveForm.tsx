// Moving without a mouse: day, time and room, with the rooms that are free then.
import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api, type Room, type Session } from "@/api";
import { type When, WhenFields } from "@/features/sessions/WhenFields";
import { addMinutes, dayOf, type Instant, minutesBetween, readings, timeOf } from "@/time";
import { Form } from "@/ui";

interface MoveFormProps {
  readonly session: Session;
  readonly rooms: readonly Room[];
  readonly zone: string;
  readonly onMove: (startsAt: Instant, roomId: string) => void;
  readonly onLeave: () => void;
}

const WHY_NOT: Readonly<Record<string, string>> = {
  booked: "taken",
  held: "held",
  blocked: "blocked",
  closed: "closed",
};

export function MoveForm({ session, rooms, zone, onMove, onLeave }: MoveFormProps) {
  const [when, setWhen] = useState<When>({
    day: dayOf(session.starts_at, zone),
    time: timeOf(session.starts_at, zone),
    second: false,
  });
  const [roomId, setRoomId] = useState(session.room_id);
  const minutes = minutesBetween(session.starts_at, session.ends_at);
  const meant = readings(when.day, when.time, zone);
  const starts = (when.second && meant[1]) || meant[0];
  const free = api.useQuery(
    "get",
    "/api/rooms/availability",
    {
      params: {
        query: {
          site_id: session.site_id,
          starts_at: starts ?? "",
          ends_at: starts ? addMinutes(starts, minutes) : "",
        },
      },
    },
    { enabled: starts !== undefined, placeholderData: (before) => before },
  );
  const known = new Map(free.data?.rooms.map((found) => [found.room.id, found]));
  const isHere = starts === addMinutes(session.starts_at, 0) && roomId === session.room_id;
  return (
    <Form
      label="Move the session"
      disabled={!starts || !roomId || isHere}
      onSubmit={() => starts && roomId && onMove(starts, roomId)}
    >
      <Stack>
        <WhenFields
          when={when}
          onChange={(changes) => setWhen((before) => ({ ...before, ...changes }))}
          zone={zone}
          minutes={minutes}
        />
        <Select
          label="Room"
          allowDeselect={false}
          value={roomId}
          onChange={setRoomId}
          data={rooms.map(({ id, room_number, room_name }) => ({
            value: id,
            label: `${room_number} ${room_name}${id === session.room_id ? "" : about(known.get(id))}`,
          }))}
        />
        <Text size="sm" c="dimmed">
          The session keeps its place until the new one is confirmed.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onLeave}>
            Cancel
          </Button>
          <Button type="submit" disabled={!starts || !roomId || isHere}>
            Move
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}

function about(found: { free: boolean; reasons: string[] } | undefined): string {
  if (!found) {
    return "";
  }
  return found.free ? " · free" : ` · ${found.reasons.map((reason) => WHY_NOT[reason] ?? reason).join(", ")}`;
}
