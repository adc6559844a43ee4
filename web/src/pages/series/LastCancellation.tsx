// The sessions of a series that were cancelled last, and the way back for all of them.
import { Button, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, type Session } from "@/api";
import { PATIENCE } from "@/features/sessions/steps";
import { refreshAfter } from "@/live";
import { momentInWords, timeInWords, useNow } from "@/time";
import { focusHeading, notify, Panel } from "@/ui";
import { Changed } from "./Changed";
import { cancelledNotice, lastCancelled, type Series, undoneInWords } from "./rule";

/** Books cancelled sessions of a series again; whatever becomes of them, it is shown, also on another page. */
export function useUndoCancellation(seriesId: string) {
  const queries = useQueryClient();
  const params = { path: { series_id: seriesId } };

  async function occurrencesNow(): Promise<readonly Session[]> {
    const series = api.queryOptions("get", "/api/scheduling/series/{series_id}", { params });
    return queries.fetchQuery({ ...series, staleTime: 0 }).then(
      ({ occurrences }) => occurrences,
      () => [],
    );
  }

  const undo = api.useMutation("post", "/api/scheduling/series/{series_id}/cancel/undo", {
    onSuccess: async (change) => {
      notify.forget(cancelledNotice(seriesId));
      const isDone = change.items.every(({ session }) => session?.status === "booked");
      // What was refused may have been booked again by somebody else meanwhile.
      const now = isDone ? [] : await occurrencesNow();
      (isDone ? notify.done : notify.note)(undoneInWords(change, now));
    },
    onError: (error) => notify.problem(error, "The cancellation was not undone"),
    onSettled: () => void refreshAfter(queries, "scheduling.session_cancelled.v1"),
  });
  return {
    isPending: undo.isPending,
    change: undo.data,
    send: (sessionIds: readonly string[]) =>
      undo.mutate({
        params: { ...params, header: { prefer: PATIENCE } },
        body: { session_ids: [...sessionIds] },
      }),
  };
}

interface LastCancellationProps {
  readonly series: Series;
  readonly undo: ReturnType<typeof useUndoCancellation>;
  readonly zone: string;
}

export function LastCancellation({ series, undo, zone }: LastCancellationProps) {
  useNow(1);
  const begun = useRef(false);
  const cancelled = lastCancelled(series);
  const [first] = cancelled;
  const last = cancelled.at(-1);
  const canUndoAll = cancelled.length > 1;
  const stay = new Set(series.occurrences.filter(({ status }) => status === "cancelled").map(({ id }) => id));
  const kept = undo.change?.items.filter(({ session_id, problems }) => problems.length > 0 && stay.has(session_id));

  // With what is undone, the button that did it goes away, and the focus with it.
  useEffect(() => {
    if (begun.current && !undo.isPending) {
      begun.current = canUndoAll;
      window.setTimeout(focusHeading);
    }
  }, [undo.isPending, canUndoAll]);

  if (!canUndoAll && !undo.isPending && !kept?.length) {
    return null;
  }
  return (
    <Panel
      title="Last cancellation"
      actions={
        (canUndoAll || undo.isPending) && (
          <>
            {first?.undo_until && (
              <Text size="sm" c="dimmed">
                Can be undone until {timeInWords(first.undo_until, zone)}
              </Text>
            )}
            <Button
              variant="default"
              leftSection={<IconArrowBackUp size={17} aria-hidden />}
              loading={undo.isPending}
              onClick={() => {
                begun.current = true;
                undo.send(cancelled.map(({ id }) => id));
              }}
            >
              Undo all
            </Button>
          </>
        )
      }
    >
      {canUndoAll && first && last && (
        <Text size="sm">
          {cancelled.length} sessions were cancelled together, from {momentInWords(first.starts_at, zone)} to{" "}
          {momentInWords(last.starts_at, zone)}.
        </Text>
      )}
      {undo.isPending && (
        <Text size="sm" role="status">
          Requesting the rooms again…
        </Text>
      )}
      {kept && kept.length > 0 && (
        <Changed
          title="These sessions stay cancelled"
          series={series}
          change={{ id: series.id, items: kept }}
          zone={zone}
        />
      )}
    </Panel>
  );
}
