// Another time for one session of a series, for it and what follows, or for all: every date is shown before anything is moved.
import { Alert, Button, Radio, Stack, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem, type Session } from "@/api";
import { type Cause, PATIENCE } from "@/features/sessions/steps";
import { type When, WhenFields } from "@/features/sessions/WhenFields";
import { refreshAfter } from "@/live";
import { addMinutes, dayOf, minutesBetween, momentInWords, readings, timeOf } from "@/time";
import { FormDrawer, fieldErrors, notify, useMissing } from "@/ui";
import { CancellationFields, lackingOf, NO_CANCELLATION, sentOf } from "./CancellationFields";
import { type Choices, choiceOf, isGone } from "./choices";
import { MovePreview, useMovePreview } from "./MovePreview";
import { countedInWords } from "./outcomes";
import { SCOPES, type Scope, type Series } from "./rule";

const REASONS: readonly (readonly [string, Cause])[] = [
  ["No time that suits on that day", "clinic"],
  ["The client cannot come at that time", "client"],
  ["The therapist is away", "therapist"],
];
/** Sessions were changed after the preview: nothing is moved. */
const STALE = "series-changed";

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
  const [choices, setChoices] = useState<Choices>({});
  const [cancellation, setCancellation] = useState(NO_CANCELLATION);
  const move = api.useMutation("post", "/api/scheduling/series/{series_id}/reschedule", {
    onSuccess: ({ move: made }) => {
      notify.done(made ? `Sessions of the series: ${countedInWords(made.dates)}.` : "No session lies ahead.");
      onClose();
    },
    onError: (error) => asProblem(error).code === STALE && void preview.refetch(),
    onSettled: () => void refreshAfter(queries, "scheduling.session_rescheduled.v1"),
  });
  const meant = readings(when.day, when.time, zone);
  const starts = (when.second && meant[1]) || meant[0];
  const isElsewhere = starts !== undefined && starts !== addMinutes(session.starts_at, 0);
  const target = isElsewhere ? { session_id: session.id, scope, starts_at: starts } : null;
  const { preview, current } = useMovePreview(series.id, target, move.isPending || move.isSuccess);
  const asked = JSON.stringify(target);
  const [seen, setSeen] = useState({ asked: "", basis: "" });
  if (current && seen.asked !== asked) {
    setSeen({ asked, basis: current.basis });
  }
  /** Somebody else changed sessions of the series while this preview was looked at. */
  const isChanged = current !== null && seen.asked === asked && seen.basis !== current.basis;
  const anchor = current?.dates.find(({ session_id }) => session_id === session.id) ?? session;

  const staying = (current?.dates ?? []).filter(({ outcome }) => outcome === "stays");
  const chosen = staying.map((date) => choiceOf(date, choices));
  const gone = staying.some((date) => isGone(date, choices));
  const cancelled = chosen.filter(({ choice }) => choice === "cancel").length;
  const moving = (current?.moving ?? 0) + chosen.filter(({ choice }) => choice === "alternative").length;
  const { errors, send } = useMissing(
    fieldErrors(move.error, []),
    { time: !when.time && "Enter a time.", ...(cancelled > 0 ? lackingOf(cancellation) : {}) },
    () => {
      if (target && current) {
        move.mutate({
          params: { path: { series_id: series.id }, header: { prefer: PATIENCE } },
          body: {
            ...target,
            basis: current.basis,
            choices: chosen,
            ...(cancelled > 0 ? { cancellation: sentOf(cancellation) } : {}),
          },
        });
      }
    },
  );
  return (
    <FormDrawer
      title="Move sessions of the series"
      submitLabel={doneInWords(moving, cancelled)}
      onClose={onClose}
      busy={move.isPending}
      grave={cancelled > 0}
      {...(cancelled > 0 ? { dismiss: "Keep the sessions" } : {})}
      disabled={moving + cancelled === 0 || gone || isChanged}
      errors={errors}
      onSubmit={send}
    >
      <Text size="sm" c="dimmed">
        The session of {momentInWords(anchor.starts_at, zone)}. The others move by as much on the site's clock; each
        keeps its place until the new one is certain.
      </Text>
      <WhenFields
        when={when}
        onChange={(changes) => setWhen((before) => ({ ...before, ...changes }))}
        zone={zone}
        minutes={minutesBetween(session.starts_at, session.ends_at)}
        error={errors.at("time")}
      />
      <Radio.Group label="Which sessions" value={scope} onChange={(value) => setScope(value as Scope)}>
        <Stack gap={6} mt={6}>
          {SCOPES.map(({ value, label }) => (
            <Radio key={value} value={value} label={label} />
          ))}
        </Stack>
      </Radio.Group>
      {isChanged && (
        <Alert
          role="alert"
          color="yellow"
          icon={<IconUsers aria-hidden />}
          title="Somebody changed sessions of this series meanwhile"
          styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
        >
          <Text size="sm">The dates below are as they are now. Look at them again before you move anything.</Text>
          <Button size="xs" mt="sm" onClick={() => setSeen({ asked, basis: current.basis })}>
            Go on with these dates
          </Button>
        </Alert>
      )}
      {target && (
        <MovePreview
          preview={preview}
          choices={choices}
          onChoose={(sessionId, choice) => setChoices((before) => ({ ...before, [sessionId]: choice }))}
          zone={zone}
        />
      )}
      {cancelled > 0 && (
        <CancellationFields cancellation={cancellation} onChange={setCancellation} usual={REASONS} errors={errors} />
      )}
    </FormDrawer>
  );
}

/** What the button of the form does. */
function doneInWords(moving: number, cancelled: number): string {
  const moved = moving === 0 ? "" : moving === 1 ? "Move 1 session" : `Move ${moving} sessions`;
  if (cancelled === 0) {
    return moved || "Move";
  }
  return moved ? `${moved}, cancel ${cancelled}` : `Cancel ${cancelled === 1 ? "1 session" : `${cancelled} sessions`}`;
}
