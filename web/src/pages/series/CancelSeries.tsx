// Cancel one session of a series, it and what follows, or all that lie ahead.
import { NativeSelect, Radio, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Session } from "@/api";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, ReasonField, tell, useMissing } from "@/parts";
import { CAUSES, causeOf } from "@/sessions/causes";
import type { Cause } from "@/sessions/steps";
import { Waive } from "@/sessions/Waive";
import { isPast, momentInWords } from "@/time";
import { Changed } from "./Changed";
import { outcomeInWords, SCOPES, type Scope, type Series } from "./rule";

const REASONS: readonly (readonly [string, Cause])[] = [
  ["Therapy has ended", "client"],
  ["The client cannot come at that time any more", "client"],
  ["The therapist is away", "therapist"],
];
const LONGEST_REASON = 500;

interface CancelSeriesProps {
  readonly series: Series;
  readonly session: Session;
  readonly zone: string;
  readonly onClose: () => void;
}

export function CancelSeries({ series, session, zone, onClose }: CancelSeriesProps) {
  const queries = useQueryClient();
  const [scope, setScope] = useState<Scope>("following");
  const [reason, setReason] = useState("");
  const [cause, setCause] = useState<Cause>("client");
  const [waiver, setWaiver] = useState<string | null>(null);
  const cancel = api.useMutation("post", "/api/scheduling/series/{series_id}/cancel", {
    onSuccess: (change) => {
      if (change.items.every(({ problems }) => problems.length === 0)) {
        tell.done(outcomeInWords(change, "cancelled"));
        onClose();
      }
    },
    onSettled: () => void refreshAfter(queries, "scheduling.session_cancelled.v1"),
  });
  const waived = cause === "client" ? waiver : null;
  const { told, send } = useMissing(
    beside(cancel.error, ["reason"]),
    { reason: !reason.trim() && "Enter a reason.", waiver: waived?.trim() === "" && "Enter a reason." },
    () =>
      cancel.mutate({
        params: { path: { series_id: series.id } },
        body: {
          session_id: session.id,
          scope,
          reason: reason.trim(),
          cause,
          ...(waived === null ? {} : { waiver: { reason: waived.trim() } }),
        },
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
      doIt={cancel.data ? "Close" : count === 1 ? "Cancel the session" : `Cancel ${count} sessions`}
      onClose={onClose}
      busy={cancel.isPending}
      grave={!cancel.data}
      dismiss={cancel.data ? null : "Keep the sessions"}
      dirty={reason !== "" && !cancel.data}
      told={told}
      onDo={cancel.data ? onClose : send}
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
          <NativeSelect
            label="Cancelled by"
            description="Only a client's own late cancellation is charged."
            data={CAUSES.map((one) => ({ ...one }))}
            value={cause}
            onChange={(event) => setCause(causeOf(event.currentTarget.value))}
          />
          <ReasonField
            data-autofocus
            common={REASONS.map(([usual]) => usual)}
            onPick={(picked) => setCause(REASONS.find(([usual]) => usual === picked)?.[1] ?? "client")}
            maxLength={LONGEST_REASON}
            value={reason}
            onChange={setReason}
            error={told.at("reason")}
          />
          {cause === "client" && (
            <Waive reason={waiver} onChange={setWaiver} isMissing={told.at("waiver") !== undefined} />
          )}
        </>
      )}
    </FormDrawer>
  );
}
