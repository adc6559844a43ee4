// A series before it is booked, occurrence by occurrence, and what became of it.
import { Anchor, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconClockEdit } from "@tabler/icons-react";
import { Link } from "react-router";
import { api, inOneText, type NewSession, type Occurrence } from "@/api";
import { Shown, Skeletons, StatusBadge, Tag } from "@/parts";
import { whenAndWhere } from "@/sessions/Alternatives";
import { datesOf } from "@/sessions/series";
import { useAt } from "@/site";
import { dayInWords, dayOf, type Instant, momentInWords, timeInWords, timeOf } from "@/time";
import { Panel } from "./Panel";
import { type Repeats, ruleOf, type Wish } from "./wish";

const TYPING_MS = 300;
const LOOK_MS = 800;

/** What would become of a series, and whether that is the answer to what the form says now. */
export function useForeseen(body: NewSession | null, repeats: Repeats | null, isSent: boolean) {
  // Compared by what is asked: each rendering makes another object of it.
  const wished =
    body && repeats ? JSON.stringify({ ...body, recurrence: { rrule: ruleOf(repeats) }, mode: repeats.mode }) : "";
  const [asked] = useDebouncedValue(wished, TYPING_MS);
  const preview = api.useQuery(
    "post",
    "/api/scheduling/series/preview",
    { body: asked ? JSON.parse(asked) : undefined },
    // A series that has been sent would be in its own way.
    { enabled: asked !== "" && !isSent, placeholderData: (before) => before },
  );
  const isCurrent = wished !== "" && asked === wished && !preview.isPlaceholderData;
  return { preview, current: isCurrent ? (preview.data ?? null) : null };
}

interface SeriesPreviewProps {
  readonly preview: ReturnType<typeof useForeseen>["preview"];
  readonly repeats: Repeats;
  readonly zone: string;
}

export function SeriesPreview({ preview, repeats, zone }: SeriesPreviewProps) {
  return (
    <Panel title="Series preview" busy={preview.isFetching}>
      <Shown query={preview} waiting={<Skeletons lines={repeats.times} />}>
        {({ occurrences, bookable, with_problems }) => (
          <Stack gap="xs">
            <Text fw={650} role="status">
              {with_problems === 0
                ? `All ${bookable} are available`
                : `${bookable} of ${occurrences.length} are available`}
              {with_problems > 0 && repeats.mode === "all_or_nothing" && "; none would be booked"}
            </Text>
            <Table.ScrollContainer minWidth={420}>
              <Table verticalSpacing={6} aria-label="Occurrences">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>When</Table.Th>
                    <Table.Th>Room</Table.Th>
                    <Table.Th>Available</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {occurrences.map((occurrence) => (
                    <Line key={occurrence.starts_at} occurrence={occurrence} zone={zone} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Stack>
        )}
      </Shown>
    </Panel>
  );
}

function Line({ occurrence, zone }: { occurrence: Occurrence; zone: string }) {
  const { starts_at, room, problems, alternative, clock_changes, utc_offset } = occurrence;
  const day = dayOf(starts_at, zone);
  return (
    <Table.Tr>
      <Table.Td className="numbers" style={{ whiteSpace: "nowrap" }}>
        {dayInWords(day)}
        <Text size="xs" c="dimmed">
          {timeInWords(starts_at, zone)}
        </Text>
        {clock_changes && (
          <Group gap={4} wrap="nowrap">
            <IconClockEdit size={14} aria-hidden />
            <Text size="xs">the clocks have changed: UTC{utc_offset}</Text>
          </Group>
        )}
      </Table.Td>
      <Table.Td>{room ? room.room_number : "–"}</Table.Td>
      <Table.Td>
        {problems.length === 0 ? (
          <Tag tone="good">free</Tag>
        ) : (
          <>
            <Text size="sm">{inOneText(problems)}</Text>
            {alternative && (
              <Text size="sm" c="dimmed">
                Best alternative: {whenAndWhere(alternative, zone, day)}
              </Text>
            )}
          </>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

interface SeriesOutcomeProps {
  readonly seriesId: string;
  readonly zone: string;
  readonly wish: Wish;
  readonly onAgain: (kept: Partial<Wish>) => void;
}

export function SeriesOutcome({ seriesId, zone, wish, onAgain }: SeriesOutcomeProps) {
  const at = useAt();
  const series = api.useQuery(
    "get",
    "/api/scheduling/series/{series_id}",
    { params: { path: { series_id: seriesId } } },
    {
      staleTime: 0,
      refetchInterval: ({ state }) =>
        !state.data || state.data.occurrences.some(({ status }) => status === "requested") ? LOOK_MS : false,
    },
  );
  return (
    <Panel title="The series">
      <Shown query={series}>
        {({ occurrences, problems }) => {
          const booked = occurrences.filter(({ status }) => status === "booked").length;
          return (
            <Stack gap="sm">
              <Text fw={650} fz={18} role="status">
                {booked} of {occurrences.length + problems.length} sessions are booked
              </Text>
              <Table verticalSpacing={6} aria-label="Sessions of the series">
                <Table.Tbody>
                  {datesOf(occurrences, problems).map((date) =>
                    "status" in date ? (
                      <Table.Tr key={date.id}>
                        <Table.Td>
                          <Anchor
                            component={Link}
                            to={at(`/sessions/${date.id}`)}
                            className="numbers"
                            size="sm"
                            underline="always"
                          >
                            {momentInWords(date.starts_at, zone)}
                          </Anchor>
                        </Table.Td>
                        <Table.Td>{date.room_number ?? "–"}</Table.Td>
                        <Table.Td>
                          <StatusBadge status={date.status} />
                        </Table.Td>
                      </Table.Tr>
                    ) : (
                      <Table.Tr key={date.starts_at}>
                        <Table.Td className="numbers">{momentInWords(date.starts_at, zone)}</Table.Td>
                        <Table.Td>–</Table.Td>
                        <Table.Td>
                          {inOneText(date.problems)}{" "}
                          <Button
                            variant="default"
                            size="compact-sm"
                            onClick={() =>
                              onAgain({
                                ...wish,
                                ...placeOf(date.starts_at, zone),
                                repeats: null,
                                besideSeries: seriesId,
                              })
                            }
                          >
                            Find another time
                          </Button>
                        </Table.Td>
                      </Table.Tr>
                    ),
                  )}
                </Table.Tbody>
              </Table>
              <Group>
                <Button variant="default" component={Link} to={at(`/series/${seriesId}`)}>
                  Open the series
                </Button>
                <Button variant="default" onClick={() => onAgain({})}>
                  Book another session
                </Button>
              </Group>
            </Stack>
          );
        }}
      </Shown>
    </Panel>
  );
}

function placeOf(startsAt: Instant, zone: string): Pick<Wish, "day" | "time"> {
  return { day: dayOf(startsAt, zone), time: timeOf(startsAt, zone) };
}
