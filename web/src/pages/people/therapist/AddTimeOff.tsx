// Time off, with the sessions that lie in it: seen before it is written down, and kept unless somebody moves them.
import { Alert, Checkbox, SimpleGrid, Switch, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem, type Therapist, useEverySession } from "@/api";
import { SessionTable } from "@/features/sessions/SessionTable";
import { refreshAfter } from "@/live";
import { addDays, type Instant, instantsOf, startOfDay, today } from "@/time";
import { DayField, FormDrawer, fieldErrors, notify, ProblemNotice, ReasonField, TimeField, useMissing } from "@/ui";

const REASONS = ["Holiday", "Sick leave", "Training", "Parental leave"];
const FIELDS = ["starts_at", "ends_at", "reason"];
const SHOWN_AT_MOST = 10;

interface AddTimeOffProps {
  readonly therapist: Therapist;
  readonly onClose: () => void;
}

export function AddTimeOff({ therapist, onClose }: AddTimeOffProps) {
  const zone = therapist.time_zone;
  const queries = useQueryClient();
  const [first, setFirst] = useState(today(zone));
  const [last, setLast] = useState(today(zone));
  const [whole, setWhole] = useState(true);
  const [from, setFrom] = useState("09:00");
  const [to, setTo] = useState("17:00");
  const [reason, setReason] = useState("");
  const [keep, setKeep] = useState(false);
  const add = api.useMutation("post", "/api/scheduling/therapists/{therapist_id}/time-off", {
    onSuccess: () => {
      notify.done("The time off is saved. Nothing new can be booked then.");
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "scheduling.therapist_changed.v1"),
  });

  const starts_at = whole ? startOfDay(first, zone) : instantOf(first, from, zone);
  // The first day passes through others while it is typed, so the last day is kept as it was chosen.
  const end = [first, last].sort().at(-1) ?? last;
  const ends_at = whole ? startOfDay(addDays(end, 1), zone) : instantOf(end, to, zone);
  const isTime = starts_at !== null && ends_at !== null && starts_at < ends_at;
  const isConflict = add.error !== null && asProblem(add.error).code === "therapist-has-sessions";
  const { errors: wrong, send } = useMissing(
    fieldErrors(isConflict ? null : add.error, FIELDS),
    {
      from: !starts_at && "Enter a time.",
      to: !ends_at ? "Enter a time." : starts_at !== null && !isTime && "The end must be after the start.",
      reason: !reason.trim() && "Enter a reason.",
    },
    () => {
      if (isTime) {
        add.mutate({
          params: {
            path: { therapist_id: therapist.id },
            query: { force: keep },
          },
          body: { starts_at, ends_at, reason: reason.trim() },
        });
      }
    },
  );

  const isUndecided = isConflict && !keep && wrong.wrong === 0;
  const errors = isUndecided ? { ...wrong, refusal: add.error, wrong: 1 } : wrong;
  return (
    <FormDrawer
      title={`Time off for ${therapist.full_name}`}
      submitLabel="Save"
      onClose={onClose}
      busy={add.isPending}
      dirty={reason !== ""}
      errors={errors}
      onSubmit={send}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <DayField
          label="First day"
          value={first}
          onChange={(day) => day && setFirst(day)}
          error={errors.at("starts_at")}
        />
        <DayField
          label="Last day"
          value={end}
          minDate={first}
          onChange={(day) => day && setLast(day)}
          error={errors.at("ends_at")}
        />
      </SimpleGrid>
      <Switch label="All day" checked={whole} onChange={(event) => setWhole(event.currentTarget.checked)} />
      {!whole && (
        <SimpleGrid cols={2}>
          <TimeField label="From" value={from} onChange={setFrom} error={errors.at("from")} />
          <TimeField label="To" value={to} onChange={setTo} error={errors.at("to")} />
        </SimpleGrid>
      )}
      <Text size="xs" c="dimmed">
        On the clock of {zone}.
      </Text>
      <ReasonField
        description="Visible to all staff."
        common={REASONS}
        value={reason}
        onChange={setReason}
        error={errors.at("reason")}
      />
      {isTime && (
        <Hit
          therapistId={therapist.id}
          from={starts_at}
          to={ends_at}
          keep={keep}
          onKeep={setKeep}
          isRefused={isUndecided}
        />
      )}
    </FormDrawer>
  );
}

interface HitProps {
  readonly therapistId: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly keep: boolean;
  readonly onKeep: (keep: boolean) => void;
  readonly isRefused: boolean;
}

/** The booked sessions that lie in that time. */
function Hit({ therapistId, from, to, keep, onKeep, isRefused }: HitProps) {
  const sessions = useEverySession({ therapist_id: therapistId, from, to });
  const hit = (sessions.data ?? []).filter(({ status }) => status === "booked");
  if (sessions.error) {
    return <ProblemNotice error={sessions.error} />;
  }
  if (hit.length === 0) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {sessions.data ? "No booked sessions in this period." : "Checking sessions…"}
      </Text>
    );
  }
  return (
    <Alert
      color="yellow"
      role="alert"
      title={hit.length === 1 ? "One booked session in this period" : `${hit.length} booked sessions in this period`}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <SessionTable name="Sessions in this period" of="therapist" sessions={hit.slice(0, SHOWN_AT_MOST)} />
      {hit.length > SHOWN_AT_MOST && <Text size="sm">and {hit.length - SHOWN_AT_MOST} more</Text>}
      <Checkbox
        mt="sm"
        label="Keep them booked; I will move or cancel them"
        checked={keep}
        onChange={(event) => onKeep(event.currentTarget.checked)}
        aria-invalid={isRefused}
        error={isRefused && "Move or cancel them first, or choose to keep them."}
      />
    </Alert>
  );
}

function instantOf(day: string, time: string, zone: string): Instant | null {
  return time ? (instantsOf(`${day} ${time}:00`, zone)[0] ?? null) : null;
}
