// Which rooms are free then, and why the others are not.
import { Chip, Group, Text, Tooltip } from "@mantine/core";
import { api, type Site } from "@/api";
import { addMinutes } from "@/time";
import { Loaded } from "@/ui";
import { type BookingRequest, placesOf, startOf } from "./bookingRequest";
import { Panel } from "./Panel";

const WHY: Readonly<Record<string, string>> = {
  booked: "booked",
  held: "on hold",
  blocked: "blocked",
  closed: "closed",
  too_small: "too small",
  lacks_equipment: "lacks equipment",
  inactive: "out of use",
};

interface FreeRoomsProps {
  readonly wanted: BookingRequest;
  readonly site: Site;
  readonly onChange: (changes: Partial<BookingRequest>) => void;
}

export function FreeRooms({ wanted, site, onChange }: FreeRoomsProps) {
  const starts = startOf(wanted, site.time_zone);
  const service = api.useQuery(
    "get",
    "/api/catalog/services/{service_id}",
    { params: { path: { service_id: wanted.serviceId ?? "" } } },
    { enabled: wanted.serviceId !== null },
  );
  const minutes = service.data?.standard_duration;
  const enabled = starts !== null && minutes !== undefined;
  const rooms = api.useQuery(
    "get",
    "/api/rooms/availability",
    {
      params: {
        query: {
          site_id: site.id,
          starts_at: starts ?? "",
          ends_at: starts && minutes ? addMinutes(starts, minutes) : "",
          capacity: placesOf(wanted) ?? 1,
          ...(wanted.equipment.length ? { equipment: [...wanted.equipment] } : {}),
        },
      },
    },
    { enabled, placeholderData: (before) => before },
  );
  if (!enabled) {
    return null;
  }
  return (
    <Panel title="Rooms at this time" busy={rooms.isFetching} outdated={rooms.isPlaceholderData}>
      <Loaded query={rooms}>
        {(found) => (
          <>
            <Chip.Group value={wanted.roomId} onChange={(roomId) => onChange({ roomId: String(roomId) })}>
              <Group gap="xs">
                {found.rooms
                  .filter(({ free }) => free)
                  .map(({ room }) => (
                    <Tooltip key={room.id} label={[`${room.capacity} seats`, ...room.equipment].join(", ")}>
                      <div>
                        <Chip value={room.id} variant="outline">
                          {room.room_number} {room.room_name}
                        </Chip>
                      </div>
                    </Tooltip>
                  ))}
              </Group>
            </Chip.Group>
            <Text size="sm" c="dimmed">
              {found.rooms
                .filter(({ free }) => !free)
                .map(
                  ({ room, reasons }) =>
                    `Room ${room.room_number}: ${reasons.map((reason) => WHY[reason] ?? reason).join(" and ")}`,
                )
                .join(" · ") || "Every room is free."}
            </Text>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
