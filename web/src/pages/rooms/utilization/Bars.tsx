import { Group, Stack, Text } from "@mantine/core";
import type { Utilization } from "@/api";
import { durationInWords } from "@/time";
import { inPercent } from "../percent";
import { roomInWords } from "../useRooms";
import classes from "./Utilization.module.css";
import { usedInWords } from "./usage";

/** How much of each room's open time was used, the fullest first. */
export function Bars({ rooms }: { rooms: Utilization["rooms"] }) {
  return (
    <Stack gap="sm" component="ul" aria-label="Used by room" style={{ listStyle: "none", margin: 0, padding: 0 }}>
      {[...rooms]
        .sort((one, other) => other.share - one.share)
        .map((room) => (
          <li key={room.room_id}>
            <Group justify="space-between" gap="xs">
              <Text size="sm" fw={600}>
                {roomInWords(room)}
              </Text>
              <Text size="sm" className="numbers">
                {inPercent(room.share)}
              </Text>
            </Group>
            <div className={classes.bar} aria-hidden>
              <div className={classes.filled} style={{ width: `${Math.min(100, 100 * room.share)}%` }} />
            </div>
            <Text size="xs" c="dimmed" className="numbers">
              {[
                usedInWords(room),
                room.turnover_minutes > 0 && `${durationInWords(room.turnover_minutes)} turnover`,
                room.no_show_minutes > 0 && `${durationInWords(room.no_show_minutes)} no-show`,
                room.refused_requests > 0 && `${room.refused_requests} refused`,
              ]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          </li>
        ))}
    </Stack>
  );
}
