// Cancel one session of a series, it and what follows, or all that lie ahead.
import { Radio, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Session } from "@/api";
import type { Cause } from "@/features/sessions/steps";
import { refreshAfter } from "@/live";
import { isPast, momentInWords } from "@/time";
import { FormDrawer, fieldErrors, notify, useMissing } from "@/ui";
import { CancellationFields, lackingOf, NO_CANCELLATION, sentOf } from "./CancellationFields";
import { Changed } from "./Changed";
import { cancelledNotice, outcomeInWords, SCOPES, type Scope, type Series, type SeriesChange } from "./rule";

const REASONS: readonly (readonly [string, Cause])[] = [
  ["Therapy has ended", "client"],
  ["The client cannot come at that time any more", "client"],
  ["The therapist is away", "therapist"],
];

interface CancelSeriesProps {
  readonly series: Series;
  readonly session: Session;
  readonly zone: string;
  readonly onClose: () => void;
  /** Called to undo the cancellation of these sessions. */
  readonly onUndo: (sessionIds: readonly string[]) => void;
}

export function CancelSeries({ series, session, zone, onClose, onUndo }: CancelSeriesProps) {
  const queries = useQueryClient();
  const [scope, setScope] = useState<Scope>("following");
  const [cancellation, setCancellation] = useState(NO_CANCELLATION);
  const cancel = api.useMutation("post", "/api/scheduling/series/{series_id}/cancel", {
    onSuccess: (change) => {
      if (change.items.every(({ problems }) => problems.length === 0)) {
        notifyCancelled(change, onUndo);
        onClose();
      }
    },
    onSettled: () => void refreshAfter(queries, "scheduling.session_cancelled.v1"),
  });
  const { errors, send } = useMissing(fieldErrors(cancel.error, ["reason"]), lackingOf(cancellation), () =>
    cancel.mutate({
      params: { path: { series_id: series.id } },
      body: { session_id: session.id, scope, ...sentOf(cancellation) },
    }),
  );
  const open = series.occurrences.filter(
    ({ status, starts_at }) => ["requested", "offered", "booked"].includes(status) && !isPast(starts_at),
  );
  const from = open.findIndex(({ id }) => id === session.id);
  const count = scope === "this" ? 1 : scope === "all" ? open.length : open.length - Math.max(from, 0);
  return (
    <FormDrawer
      title="Cancel sessions of the series"
      submitLabel={cancel.data ? "Close" : count === 1 ? "Cancel the session" : `Cancel ${count} sessions`}
      onClose={onClose}
      busy={cancel.isPending}
      grave={!cancel.data}
      dismiss={cancel.data ? null : "Keep the sessions"}
      dirty={cancellation.reason !== "" && !cancel.data}
      errors={errors}
      onSubmit={cancel.data ? onClose : send}
    >
      {cancel.data ? (
        <>
          <Text size="sm" role="status">
            {outcomeInWords(cancel.data, "cancelled")}
          </Text>
          <Changed series={series} change={cancel.data} zone={zone} />
        </>
      ) : (
        <>
          <Text size="sm" c="dimmed">
            From the session of {momentInWords(session.starts_at, zone)}. Sessions that are over stay as they are; one
            that begins within the cancellation window is cancelled late.
          </Text>
          <Radio.Group label="Which sessions" value={scope} onChange={(value) => setScope(value as Scope)}>
            <Stack gap={6} mt={6}>
              {SCOPES.map(({ value, label }) => (
                <Radio key={value} value={value} label={label} />
              ))}
            </Stack>
          </Radio.Group>
          <CancellationFields
            cancellation={cancellation}
            onChange={setCancellation}
            usual={REASONS}
            errors={errors}
            hasFocus
          />
        </>
      )}
    </FormDrawer>
  );
}

/** Say how many sessions are cancelled, with the way back for those that were booked. */
function notifyCancelled(change: SeriesChange, onUndo: CancelSeriesProps["onUndo"]): void {
  const ids = change.items.filter(({ session }) => session?.undo_until).map(({ session_id }) => session_id);
  const undo = {
    name: ids.length === 1 ? "Undo" : "Undo all",
    id: cancelledNotice(change.id),
    onClick: () => onUndo(ids),
  };
  notify.done(outcomeInWords(change, "cancelled"), ids.length > 0 ? undo : undefined);
}
