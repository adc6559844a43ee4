import { ActionIcon, Anchor, Group, Paper, Table, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Room, Site } from "@/api";
import { durationInWords } from "@/time";
import { TableHead, Tag, useAt } from "@/ui";
import classes from "./Rooms.module.css";
import { useRoomOrder } from "./useRoomOrder";
import { labelsOf, useEquipment } from "./useRooms";

/** The rooms of a site in their order, which can be changed. */
export function RoomTable({ site, rooms }: { site: Site; rooms: readonly Room[] }) {
  const order = useRoomOrder(site, rooms);
  const words = useEquipment();
  const at = useAt();
  return (
    <Paper withBorder>
      <Table verticalSpacing="xs" aria-label="Rooms">
        <TableHead
          columns={[
            "Number",
            "Name",
            { name: "Seats", visibleFrom: "sm" },
            { name: "Equipment", visibleFrom: "sm" },
            { name: "Turnover", visibleFrom: "md" },
            "Order",
          ]}
        />
        <Table.Tbody>
          {rooms.map((room, index) => (
            <Table.Tr key={room.id} className={room.is_active ? "" : (classes.quiet ?? "")}>
              <Table.Td className={classes.number ?? ""}>
                <Anchor component={Link} to={at(`/rooms/${room.id}`)} inherit underline="always">
                  {room.room_number}
                </Anchor>
              </Table.Td>
              <Table.Td>
                {room.room_name} {!room.is_active && <Tag>out of use</Tag>}
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {[`${room.capacity} seats`, ...labelsOf(room.equipment, words)].join(" · ")}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm" className="numbers">
                {room.capacity}
              </Table.Td>
              <Table.Td visibleFrom="sm">{labelsOf(room.equipment, words).join(", ")}</Table.Td>
              <Table.Td visibleFrom="md" className="numbers">
                {room.turnover_minutes > 0 ? durationInWords(room.turnover_minutes) : "none"}
              </Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap">
                  <ActionIcon
                    variant="default"
                    aria-label={`Move ${room.room_number} up`}
                    disabled={index === 0 || order.isPending}
                    onClick={() => order.move(room, -1)}
                  >
                    <IconArrowUp size={16} />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    aria-label={`Move ${room.room_number} down`}
                    disabled={index === rooms.length - 1 || order.isPending}
                    onClick={() => order.move(room, 1)}
                  >
                    <IconArrowDown size={16} />
                  </ActionIcon>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
