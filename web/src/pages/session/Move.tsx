// Another time or another room; where that cannot be had, why not, and what would do instead.
import { Alert, SegmentedControl, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Alternative, api, asProblem, type Room, type Session } from "@/api";
import { Alternatives } from "@/features/sessions/Alternatives";
import { LargerRooms, useOtherAlternatives } from "@/features/sessions/LargerRooms";
import { notifyMoved, notifyMovedBack, notifyNotMovedBack } from "@/features/sessions/moved";
import { isWaiting } from "@/features/sessions/standing";
import { type Step, take, useStep } from "@/features/sessions/steps";
import { Why } from "@/features/sessions/Why";
import { useSiteOf } from "@/features/site";
import { refreshAfter } from "@/live";
import {
  addMinutes,
  dayOf,
  type Instant,
  instantsOf,
  minutesBetween,
  momentInWords,
  timeInWords,
  timeOf,
} from "@/time";
import { DayField, FormDrawer, fieldErrors, ListSelect, notify, Panel, TimeField, useMissing } from "@/ui";
import type { ActingOn } from "./acting";
import { useDismissed } from "./useDismissed";

const ROOMS_AT_MOST = 500;
const ANY = "any";
const FIELDS = ["starts_at", "room_id"];
const LONGEST_REASON = 500;
/** What somebody else may make of a session while its move is written. */
const ENDED: Partial<Record<Session["status"], string>> = {
  cancelled: "was cancelled",
  completed: "was completed",
  no_show: "was marked as a no-show",
};

/** A move that was refused: the session as it is since, and what was requested. */
interface Refused {
  readonly after: Session;
  readonly startsAt: Instant;
  readonly roomId: string | null;
}

export function Move({ session, zone, onClose }: ActingOn & { onClose: () => void }) {
  const [day, setDay] = useState(dayOf(session.starts_at, zone));
  const [time, setTime] = useState(timeOf(session.starts_at, zone));
  const [second, setSecond] = useState(false);
  const [room, setRoom] = useState(ANY);
  const [override, setOverride] = useState("");
  const [refused, setRefused] = useState<Refused | null>(null);
  const [, dismiss] = useDismissed(session.id);
  const step = useStep(session.id);
  const queries = useQueryClient();
  const rooms = api.useQuery("get", "/api/rooms/rooms", {
    params: { query: { site_id: session.site_id, is_active: true, limit: ROOMS_AT_MOST } },
  });
  const { site } = useSiteOf(session.site_id);

  const readings = time ? instantsOf(`${day} ${time}:00`, zone) : [];
  const start = readings[second && readings.length > 1 ? 1 : 0];
  const minutes = minutesBetween(session.starts_at, session.ends_at);
  const isSame =
    start !== undefined && minutesBetween(start, session.starts_at) === 0 && (room === ANY || room === session.room_id);
  const ended = ENDED[session.status];
  const isOverridable = step.error !== null && asProblem(step.error).more.overridable === true;

  function go(wanted: Step): void {
    setRefused(null);
    step.mutate(wanted, {
      onSuccess: (after) => {
        if (isWaiting(after)) {
          notify.note("Waiting for a room. The session keeps its place until then.");
          onClose();
        } else if (after.rejection_reason) {
          const [startsAt, roomId] = wanted.step === "reschedule" ? [wanted.starts_at, wanted.room_id] : [];
          setRefused({ after, startsAt: startsAt ?? after.starts_at, roomId: roomId ?? null });
        } else {
          const back: Step = { step: "reschedule", starts_at: session.starts_at, room_id: session.room_id };
          const move = { moved: after, former: session, zone, undo: () => void undo() };
          async function undo(): Promise<void> {
            try {
              notifyMovedBack(await take(session.id, back), move);
            } catch (error) {
              await notifyNotMovedBack(error, move);
            } finally {
              await refreshAfter(queries, "scheduling.session_rescheduled.v1");
            }
          }
          notifyMoved(move);
          onClose();
        }
      },
    });
  }

  const { errors, send } = useMissing(fieldErrors(step.error, FIELDS), { time: !time && "Enter a time." }, () => {
    if (start) {
      go({
        step: "reschedule",
        starts_at: start,
        room_id: room === ANY ? null : room,
        ...(override.trim() ? { override: override.trim() } : {}),
      });
    }
  });
  // Whoever leaves the form has seen why it was refused: the page does not show it once more.
  function close(): void {
    if (refused) {
      dismiss(refused.after.version);
    }
    onClose();
  }

  const alternatives = useOtherAlternatives(
    refused?.after ?? session,
    refused?.startsAt ?? session.starts_at,
    refused?.after.alternatives ?? [],
  );
  const choose = ({ id }: Alternative) => go({ step: "accept", alternative_id: id });
  return (
    <FormDrawer
      title="Move the session"
      submitLabel="Move"
      onClose={close}
      busy={step.isPending}
      disabled={isSame || ended !== undefined}
      errors={errors}
      onSubmit={send}
    >
      {ended ? (
        <Alert role="alert" color="yellow" styles={{ message: { color: "var(--mantine-color-text)" } }}>
          The session {ended} and can no longer be moved. Its page shows what can be done.
        </Alert>
      ) : (
        <Text size="sm" c="dimmed">
          Now: {momentInWords(session.starts_at, zone)}, room {session.room_number}. It keeps that until the new place
          is held.
        </Text>
      )}
      {site && !site.is_active && !ended && (
        <Alert color="yellow" styles={{ message: { color: "var(--mantine-color-text)" } }}>
          {site.site_name} is closed: no session can be moved to another time or room there until it is reopened. Cancel
          the session to book it at another site.
        </Alert>
      )}
      <SimpleGrid cols={2}>
        <DayField label="Day" value={day} onChange={(value) => value && setDay(value)} />
        <TimeField
          label="Time"
          value={time}
          onChange={setTime}
          description={start && `Ends at ${timeInWords(addMinutes(start, minutes), zone)}`}
          error={
            errors.at("starts_at") ??
            errors.at("time") ??
            (time !== "" && readings.length === 0 && "The clocks are set forward: this time does not exist that day.")
          }
          inputWrapperOrder={["label", "input", "description", "error"]}
        />
      </SimpleGrid>
      {readings.length > 1 && (
        <SegmentedControl
          aria-label="Which of the two"
          value={second ? "second" : "first"}
          onChange={(which) => setSecond(which === "second")}
          data={readings.map((instant, index) => ({
            value: index ? "second" : "first",
            label: timeInWords(instant, zone),
          }))}
        />
      )}
      <ListSelect
        label="Room"
        value={room}
        onChange={(value) => setRoom(value ?? ANY)}
        from={rooms}
        data={[{ value: ANY, label: "Any suitable room" }, ...choicesOf(rooms.data?.items ?? [])]}
        error={errors.at("room_id")}
      />
      {isOverridable && (
        <TextInput
          label="Reason to override"
          description="These are the clinic's own rules. The reason is logged."
          maxLength={LONGEST_REASON}
          value={override}
          onChange={(event) => setOverride(event.currentTarget.value)}
        />
      )}
      {refused && (
        <Panel title="The session was not moved" about="The requested place is not available. Choose an alternative.">
          <Why reasons={refused.after.rejection_reasons ?? []} />
          <LargerRooms
            session={refused.after}
            startsAt={refused.startsAt}
            roomId={refused.roomId}
            onMove={(room_id) => go({ step: "reschedule", starts_at: refused.startsAt, room_id })}
          />
          <Alternatives
            alternatives={alternatives}
            zone={zone}
            day={day}
            verb="Move here"
            onChoose={choose}
            busy={step.isPending && step.variables.step === "accept" ? step.variables.alternative_id : null}
          />
        </Panel>
      )}
    </FormDrawer>
  );
}

function choicesOf(rooms: readonly Room[]): { value: string; label: string }[] {
  return rooms.map(({ id, room_number, room_name }) => ({ value: id, label: `${room_number} ${room_name}` }));
}
