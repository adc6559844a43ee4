// Another time for one session of a series, for it and what follows, or for all; each keeps its room until the new one is held.
import { Radio, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Session } from "@/api";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, tell, useMissing } from "@/parts";
import { PATIENCE } from "@/sessions/steps";
import { type When, WhenFields } from "@/sessions/WhenFields";
import { addMinutes, dayOf, minutesBetween, momentInWords, readings, timeOf } from "@/time";
import { Changed } from "./Changed";
import { outcomeInWords, SCOPES, type Scope, type Series } from "./rule";

interface MoveSeriesProps {
  readonly series: Series;
  readonly session: Session;
  readonly zone: string;
  readonly onClose: () => void;
}

export function MoveSeries({ series, session, zone, onClose }: MoveSeriesProps) {
  const queries = useQueryClient();
  const [scope, setScope] = useState<Scope>("following");
  const [when, setWhen] = useState<When>({
    day: dayOf(session.starts_at, zone),
    time: timeOf(session.starts_at, zone),
    second: false,
  });
  const move = api.useMutation("post", "/api/scheduling/series/{series_id}/reschedule", {
    onSuccess: (change) => {
      if (change.items.every(({ problems }) => problems.length === 0)) {
        tell.done(outcomeInWords(change, "moved, or move as soon as their room is held"));
        onClose();
      }
    },
    onSettled: () => void refreshAfter(queries, "scheduling.session_rescheduled.v1"),
  });
  const meant = readings(when.day, when.time, zone);
  const starts = (when.second && meant[1]) || meant[0];
  const { told, send } = useMissing(beside(move.error, []), { time: !when.time && "Enter a time." }, () => {
    if (starts) {
      move.mutate({
        params: { path: { series_id: series.id }, header: { prefer: PATIENCE } },
        body: { session_id: session.id, scope, starts_at: starts },
      });
    }
  });
  return (
    <FormDrawer
      title="Move sessions of the series"
      doIt={move.data ? "Close" : "Move"}
      {...(move.data ? { dismiss: null } : {})}
      onClose={onClose}
      busy={move.isPending}
      {...(move.data ? { dirty: false } : {})}
      disabled={!move.data && starts === addMinutes(session.starts_at, 0)}
      told={told}
      // What could be moved has moved: the same again would move it further.
      onDo={move.data ? onClose : send}
    >
      {move.data ? (
        <>
          <Text size="sm" role="status">
            {outcomeInWords(move.data, "moved")}
          </Text>
          <Changed series={series} change={move.data} zone={zone} />
        </>
      ) : (
        <>
          <Text size="sm" c="dimmed">
            The session of {momentInWords(session.starts_at, zone)}. The others move by as much on the site's clock;
            each keeps its place until the new one is certain.
          </Text>
          <WhenFields
            when={when}
            onChange={(changes) => setWhen((before) => ({ ...before, ...changes }))}
            zone={zone}
            minutes={minutesBetween(session.starts_at, session.ends_at)}
            error={told.at("time")}
          />
          <Radio.Group label="Which sessions" value={scope} onChange={(value) => setScope(value as Scope)}>
            <Stack gap={6} mt={6}>
              {SCOPES.map(({ value, label }) => (
                <Radio key={value} value={value} label={label} />
              ))}
            </Stack>
          </Radio.Group>
        </>
      )}
    </FormDrawer>
  );
}
