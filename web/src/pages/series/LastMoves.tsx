// The last move of a series and those before it that can be undone still, date by date, with the way back.
import { Anchor, Button, Table, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, inOneText, retryMs } from "@/api";
import { PATIENCE } from "@/features/sessions/steps";
import { refreshAfter } from "@/live";
import { isPast, momentInWords, timeInWords, useNow } from "@/time";
import { Panel, ProblemNotice, TableHead, Tag, useAt } from "@/ui";
import { countedInWords, isUndecided, OUTCOMES } from "./outcomes";
import type { Move, MovedDate } from "./rule";

const LOOK_MS = 800;

export function LastMoves({ seriesId, zone }: { seriesId: string; zone: string }) {
  useNow(1);
  const moves = api.useQuery(
    "get",
    "/api/scheduling/series/{series_id}/moves",
    { params: { path: { series_id: seriesId } } },
    { refetchInterval: ({ state }) => (state.data?.items[0]?.dates.some(isUndecided) ? LOOK_MS : retryMs(state)) },
  );
  if (moves.error) {
    return <ProblemNotice error={moves.error} onRetry={() => void moves.refetch()} />;
  }
  return moves.data?.items
    .filter((move, index) => index === 0 || canBeUndone(move))
    .map((move, index) => (
      <Moved key={move.id} move={move} title={index === 0 ? "Last move" : "Move before"} zone={zone} />
    ));
}

function canBeUndone({ undo_until }: Move): boolean {
  return Boolean(undo_until && !isPast(undo_until));
}

function Moved({ move, title, zone }: { move: Move; title: string; zone: string }) {
  const queries = useQueryClient();
  const undo = api.useMutation("post", "/api/scheduling/series/{series_id}/moves/{move_id}/undo", {
    onSettled: () => void refreshAfter(queries, "scheduling.session_rescheduled.v1"),
  });
  return (
    <Panel
      title={title}
      about={
        <>
          {momentInWords(move.created_at, zone)}
          {move.undone_at && `, undone at ${timeInWords(move.undone_at, zone)}`}
        </>
      }
      actions={
        canBeUndone(move) && (
          <>
            <Text size="sm" c="dimmed">
              Can be undone until {timeInWords(move.undo_until ?? "", zone)}
            </Text>
            <Button
              variant="default"
              leftSection={<IconArrowBackUp size={17} aria-hidden />}
              loading={undo.isPending}
              onClick={() =>
                undo.mutate({
                  params: { path: { series_id: move.series_id, move_id: move.id }, header: { prefer: PATIENCE } },
                })
              }
            >
              Undo the move
            </Button>
          </>
        )
      }
    >
      {undo.error && <ProblemNotice error={undo.error} title="The move was not undone" />}
      <Text fw={650} role="status">
        {countedInWords(move.dates)}
      </Text>
      <Table.ScrollContainer minWidth={0}>
        <Table verticalSpacing={6} aria-label={`Dates of the ${title.toLowerCase()}`}>
          <TableHead columns={["From", "To", "Result"]} />
          <Table.Tbody>
            {move.dates.map((date) => (
              <Line key={date.session_id} date={date} zone={zone} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function Line({ date, zone }: { date: MovedDate; zone: string }) {
  const at = useAt();
  const [words, tone] = OUTCOMES[date.outcome];
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          component={Link}
          to={at(`/sessions/${date.session_id}`)}
          size="sm"
          underline="always"
          className="numbers"
        >
          {momentInWords(date.starts_at, zone)}
        </Anchor>
        {date.room_number && (
          <Text size="xs" c="dimmed">
            room {date.room_number}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm" className="numbers">
          {date.new_starts_at ? momentInWords(date.new_starts_at, zone) : "–"}
        </Text>
        {date.new_room_number && (
          <Text size="xs" c="dimmed">
            room {date.new_room_number}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Tag tone={tone}>{words}</Tag>
        {date.problems.length > 0 && <Text size="sm">{inOneText(date.problems)}</Text>}
        {date.slot_offer && (
          <Text size="sm">
            Offered to {date.slot_offer.client_name} from the waitlist until{" "}
            {momentInWords(date.slot_offer.until, zone)}.{" "}
            <Anchor component={Link} to={at("/waitlist?status=offered")} size="sm" underline="always">
              Decline it on the waitlist
            </Anchor>
          </Text>
        )}
        {date.alternatives.length > 0 && (
          <Anchor component={Link} to={at(`/sessions/${date.session_id}`)} size="sm" underline="always">
            Choose an alternative
          </Anchor>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
