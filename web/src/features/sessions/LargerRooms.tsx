// A room that is too small for a group: how many seats are needed, how many it has, and which larger rooms are free then.
import { Button, Group, Stack, Text } from "@mantine/core";
import { type Alternative, api, type Session } from "@/api";
import { addMinutes, type Instant, minutesBetween } from "@/time";

const SHOWN_AT_MOST = 3;

interface LargerRoomsProps {
  readonly session: Session;
  /** When it was to take place. */
  readonly startsAt: Instant;
  /** The room that was requested; null where that is not known any more. */
  readonly roomId: string | null;
  readonly onMove: (roomId: string) => void;
}

/** Nothing is shown where the room was not refused for its size. */
export function LargerRooms({ session, startsAt, roomId, onMove }: LargerRoomsProps) {
  const { isTooSmall, capacity, found, larger } = useLargerRooms(session, startsAt);
  if (!isTooSmall) {
    return null;
  }
  const small = found?.rooms.find(({ room }) => room.id === roomId)?.room;
  return (
    <Stack gap={6} role="status">
      <Text size="sm">
        {small
          ? `Room ${small.room_number} has ${small.capacity} seats, and ${capacity} are needed, with the therapist.`
          : `${capacity} seats are needed, with the therapist.`}
        {found && larger.length === 0 && " No larger room is free at that time."}
      </Text>
      {larger.length > 0 && (
        <Group gap="xs">
          <Text size="sm">Free at the same time:</Text>
          {larger.map((room) => (
            <Button key={room.id} size="compact-sm" variant="default" onClick={() => onMove(room.id)}>
              Move to room {room.room_number}, {room.capacity} seats
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  );
}

/** The alternatives without those that `LargerRooms` shows: a larger room at the same time. */
export function useOtherAlternatives(
  session: Session,
  startsAt: Instant,
  alternatives: readonly Alternative[],
): readonly Alternative[] {
  const { larger } = useLargerRooms(session, startsAt);
  const isLarger = ({ starts_at, room_id }: Alternative) =>
    minutesBetween(starts_at, startsAt) === 0 && larger.some(({ id }) => id === room_id);
  return alternatives.filter((alternative) => !isLarger(alternative));
}

/** Whether the room was refused for its size, how many seats are needed, and the larger rooms that are free then. */
function useLargerRooms({ site_id, client_ids, rejection_reasons = [], ...session }: Session, startsAt: Instant) {
  // All clients and the therapist.
  const capacity = client_ids.length + 1;
  const isTooSmall = client_ids.length > 1 && rejection_reasons.some(({ code }) => code === "too-small");
  const ends_at = addMinutes(startsAt, minutesBetween(session.starts_at, session.ends_at));
  const { data: found } = api.useQuery(
    "get",
    "/api/rooms/availability",
    { params: { query: { site_id, starts_at: startsAt, ends_at, capacity } } },
    { enabled: isTooSmall },
  );
  const free = (isTooSmall && found ? found.rooms : []).filter((one) => one.free);
  return { isTooSmall, capacity, found, larger: free.slice(0, SHOWN_AT_MOST).map(({ room }) => room) };
}
