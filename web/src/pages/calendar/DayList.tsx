// The calendar on a phone: a list, because nobody drags on a grid of that width.
import { Button, Group, Stack, Text, Title, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Room } from "@/api";
import { type Day, dayInWords, spanOfDaysInWords, type Wall } from "@/time";
import classes from "./DayList.module.css";
import { Body, needsAttention, stateInWords, type Whose } from "./Entry";
import entry from "./Entry.module.css";
import { type Drawn, isBackground } from "./entries";

interface DayListProps {
  readonly entries: readonly Drawn[];
  readonly rooms: readonly Room[];
  readonly days: readonly Day[];
  /** On these nothing can be booked. */
  readonly closed: ReadonlySet<Day>;
  readonly zone: string;
  readonly byRoom: boolean;
  readonly whose: Whose;
  readonly onLook: (entry: Drawn) => void;
  /** Null where nothing can be booked. */
  readonly onBook: ((start: Wall, where?: { room: string }) => void) | null;
}

const USUAL_START = "09:00:00";

export function DayList({ entries, rooms, days, closed, zone, byRoom, whose, onLook, onBook }: DayListProps) {
  const seen = entries.filter(({ kind }) => !isBackground(kind));
  const groups = byRoom
    ? rooms.map((room) => ({
        key: room.id,
        name: `${room.room_number} ${room.room_name}`,
        about: `${room.capacity} seats`,
        isClosed: days.every((day) => closed.has(day)),
        entries: seen.filter(({ row }) => row === room.id),
        book: () => onBook?.(`${days[0]} ${USUAL_START}`, { room: room.id }),
      }))
    : days.map((day) => ({
        key: day,
        name: dayInWords(day),
        about: "",
        isClosed: closed.has(day),
        entries: seen.filter(({ start }) => start.startsWith(day)),
        book: () => onBook?.(`${day} ${USUAL_START}`),
      }));
  return (
    <Stack gap="lg">
      {groups.map((group) => (
        <section key={group.key} aria-label={group.name}>
          <Group justify="space-between" mb={6}>
            <Title order={2} fz={16}>
              {group.name}{" "}
              <Text span size="sm" c="dimmed" fw={400}>
                {group.about}
              </Text>
            </Title>
            {!group.isClosed && onBook && (
              <Button
                variant="subtle"
                size="compact-sm"
                leftSection={<IconPlus size={15} aria-hidden />}
                aria-label={`Book in ${group.name}`}
                onClick={group.book}
              >
                Book
              </Button>
            )}
          </Group>
          {group.entries.length === 0 && (
            <Text size="sm" c="dimmed">
              {group.isClosed ? "Closed" : byRoom ? "Free all day" : "No sessions"}
            </Text>
          )}
          <Stack gap={6}>
            {[...group.entries]
              .sort((one, other) => one.start.localeCompare(other.start))
              .map((one) => (
                <UnstyledButton
                  key={one.id}
                  className={`${entry.entry} ${classes.line}`}
                  data-kind={one.kind}
                  data-attention={needsAttention(one) || undefined}
                  onClick={() => onLook(one)}
                >
                  <span className={`${classes.when} numbers`}>
                    {spanOfDaysInWords(one.startsAt, one.endsAt, zone)}{" "}
                  </span>
                  <span className={classes.body}>
                    <Body entry={one} zone={zone} whose={whose} withTime={false} />
                  </span>
                  <VisuallyHidden>{stateInWords(one)}</VisuallyHidden>
                </UnstyledButton>
              ))}
          </Stack>
        </section>
      ))}
    </Stack>
  );
}
