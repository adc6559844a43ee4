// A series before it is booked, occurrence by occurrence, and what became of it.
import { Anchor, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconClockEdit } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api, inOneText, type NewSession, type Occurrence, retryMs, type Series, type Session } from "@/api";
import { BookedInstead } from "@/features/sessions/BookedInstead";
import { Instead } from "@/features/sessions/Instead";
import { StatusBadge } from "@/features/sessions/StatusBadge";
import { datesOf } from "@/features/sessions/series";
import { dayInWords, dayOf, type Instant, momentInWords, timeInWords, timeOf } from "@/time";
import { Loaded, Skeletons, TableHead, Tag, useAt } from "@/ui";
import { type BookingRequest, type Repeats, ruleOf } from "./bookingRequest";
import { type Choices, type Chosen, chosenOf, isToChoose } from "./choices";
import { useWho } from "./Outcome";
import { Panel } from "./Panel";

const TYPING_MS = 300;
const LOOK_MS = 800;

/** What would become of a series, and whether that is the answer to the present form. */
export function useForeseen(body: NewSession | null, repeats: Repeats | null, isSent: boolean) {
  // Compared by its text: each rendering makes another object of it.
  const current =
    body && repeats ? JSON.stringify({ ...body, recurrence: { rrule: ruleOf(repeats) }, mode: repeats.mode }) : "";
  const [settled] = useDebouncedValue(current, TYPING_MS);
  const preview = api.useQuery(
    "post",
    "/api/scheduling/series/preview",
    { body: settled ? JSON.parse(settled) : undefined },
    // A series that has been sent would be in its own way.
    { enabled: settled !== "" && !isSent, placeholderData: (before) => before },
  );
  const isCurrent = current !== "" && settled === current && !preview.isPlaceholderData;
  return { preview, current: isCurrent ? (preview.data ?? null) : null };
}

interface SeriesPreviewProps {
  readonly preview: ReturnType<typeof useForeseen>["preview"];
  readonly repeats: Repeats;
  readonly choices: Choices;
  readonly onChoose: (occurrence: Instant, choice: Choices[string]) => void;
  readonly zone: string;
}

export function SeriesPreview({ preview, repeats, choices, onChoose, zone }: SeriesPreviewProps) {
  return (
    <Panel title="Series preview" busy={preview.isFetching}>
      <Loaded query={preview} waiting={<Skeletons lines={repeats.times} />}>
        {({ occurrences, bookable, with_problems }) => (
          <Stack gap="xs">
            <Text fw={650} role="status">
              {with_problems === 0
                ? `All ${bookable} are available`
                : `${bookable} of ${occurrences.length} are available`}
              {resolvedInWords(repeats.mode, with_problems, chosenOf(occurrences, choices))}
            </Text>
            <Table.ScrollContainer minWidth={0}>
              <Table verticalSpacing={6} horizontalSpacing={6} aria-label="Occurrences">
                <TableHead columns={["When", "Room", "Available"]} />
                <Table.Tbody>
                  {occurrences.map((occurrence) => (
                    <Line key={occurrence.starts_at} occurrence={occurrence} zone={zone}>
                      {isToChoose(occurrence) && (
                        <Instead<"" | "leave">
                          label={`Instead of ${momentInWords(occurrence.starts_at, zone)}`}
                          chosen={choices[occurrence.starts_at] ?? ""}
                          alternatives={occurrence.alternatives}
                          verb="Book"
                          before={{ value: "", label: UNDECIDED[repeats.mode] }}
                          after={{ value: "leave", label: "Leave it out" }}
                          day={dayOf(occurrence.starts_at, zone)}
                          zone={zone}
                          onChoose={(choice) => onChoose(occurrence.starts_at, choice)}
                        />
                      )}
                    </Line>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

/** What becomes of the dates that are not available, after how many are. */
function resolvedInWords(mode: Repeats["mode"], withProblems: number, { placed, left }: Chosen): string {
  const isRefused = mode === "all_or_nothing" && placed.length + left < withProblems;
  return [
    placed.length > 0 && `; ${placed.length} at another time`,
    left > 0 && `; ${left} left out`,
    isRefused && "; none would be booked",
  ]
    .filter(Boolean)
    .join("");
}

const UNDECIDED: Readonly<Record<Repeats["mode"], string>> = {
  best_effort: "Decide after booking",
  all_or_nothing: "Choose…",
};

interface LineProps {
  readonly occurrence: Occurrence;
  readonly zone: string;
  /** What is to become of it, where it is not available. */
  readonly children: ReactNode;
}

function Line({ occurrence, zone, children }: LineProps) {
  const { starts_at, room, problems, clock_changes, utc_offset } = occurrence;
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
      {problems.length === 0 ? (
        <>
          <Table.Td>{room ? room.room_number : "–"}</Table.Td>
          <Table.Td>
            <Tag tone="good">free</Tag>
          </Table.Td>
        </>
      ) : (
        <Table.Td colSpan={2}>
          <Text size="sm">{inOneText(problems)}</Text>
          {children}
        </Table.Td>
      )}
    </Table.Tr>
  );
}

interface SeriesOutcomeProps {
  readonly seriesId: string;
  readonly zone: string;
  readonly wanted: BookingRequest;
  readonly onAgain: (kept: Partial<BookingRequest>) => void;
}

export function SeriesOutcome({ seriesId, zone, wanted, onAgain }: SeriesOutcomeProps) {
  const at = useAt();
  const who = useWho(wanted);
  const series = api.useQuery(
    "get",
    "/api/scheduling/series/{series_id}",
    { params: { path: { series_id: seriesId } } },
    {
      staleTime: 0,
      refetchInterval: ({ state }) =>
        !state.data || sessionsOf(state.data).some(({ status }) => status === "requested") ? LOOK_MS : retryMs(state),
    },
  );
  return (
    <Panel title={`Series of ${who}`}>
      <Loaded query={series}>
        {({ occurrences, problems }) => {
          const booked = sessionsOf({ occurrences, problems }).filter(({ status }) => status === "booked").length;
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
                          {date.booked_instead ? (
                            <BookedInstead session={date.booked_instead} zone={zone} />
                          ) : (
                            <>
                              {inOneText(date.problems)}{" "}
                              <Button
                                variant="default"
                                size="compact-sm"
                                onClick={() =>
                                  onAgain({
                                    ...wanted,
                                    ...placeOf(date.starts_at, zone),
                                    repeats: null,
                                    choices: {},
                                    besideSeries: seriesId,
                                    inPlaceOf: date.starts_at,
                                  })
                                }
                              >
                                Find another time
                              </Button>
                            </>
                          )}
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
      </Loaded>
    </Panel>
  );
}

/** The sessions of a series, and those that are booked in place of its dates. */
function sessionsOf({ occurrences, problems }: Pick<Series, "occurrences" | "problems">): Session[] {
  return [...occurrences, ...problems.flatMap(({ booked_instead }) => booked_instead ?? [])];
}

function placeOf(startsAt: Instant, zone: string): Pick<BookingRequest, "day" | "time"> {
  return { day: dayOf(startsAt, zone), time: timeOf(startsAt, zone) };
}
