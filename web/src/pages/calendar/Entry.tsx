// One thing in the calendar: who, what, and with which colour and texture it is told apart.
import { Box, UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { ScheduleEventData } from "@mantine/schedule";
import type { ComponentPropsWithoutRef, ReactElement, ReactNode } from "react";
import { countdownInWords, secondsUntil, spanInWords, useNow } from "@/time";
import classes from "./Entry.module.css";
import { type Drawn, isBackground } from "./entries";

/** What an entry is, for who cannot see its colour. */
export const WORDS = {
  booked: "booked",
  completed: "completed",
  no_show: "no-show",
  held: "held",
  moving: "moving here, waiting for the room",
  leaving: "moving away",
  block: "blocked",
  turnover: "turnover",
  closed: "closed",
} as const;

function wordsFor(entry: Drawn, zone: string): string {
  const { session, kind, reason } = entry;
  const who = session
    ? `${session.client_name ?? "Client"} with ${session.therapist_name ?? "therapist"}, ${session.service_name}`
    : "";
  const when = entry.startsAt ? spanInWords(entry.startsAt, entry.endsAt, zone) : "";
  return [WORDS[kind], who || reason, when].filter(Boolean).join(": ");
}

/** An entry as the calendar's components want it. */
export function asEvent(entry: Drawn, zone: string): ScheduleEventData {
  return {
    id: entry.id,
    title: isBackground(entry.kind) ? "" : wordsFor(entry, zone),
    start: entry.start,
    end: entry.end,
    color: "gray",
    display: isBackground(entry.kind) ? "background" : "default",
    resourceId: entry.row,
    payload: { entry, zone },
  };
}

export function entryOf(event: ScheduleEventData): Drawn {
  return event.payload?.entry;
}

export function renderEvent(
  event: ScheduleEventData,
  props: ComponentPropsWithoutRef<"button"> & { children: ReactNode },
): ReactElement {
  const entry = entryOf(event);
  if (isBackground(entry.kind)) {
    // Colour only: the words for it are in the legend, and the slots below stay what is clicked.
    return (
      <Box
        {...(props as object)}
        data-kind={entry.kind}
        className={`${props.className ?? ""} ${classes.background}`}
        aria-hidden
      />
    );
  }
  return <UnstyledButton {...props} data-kind={entry.kind} className={`${props.className ?? ""} ${classes.entry}`} />;
}

export function renderBody(event: ScheduleEventData): ReactNode {
  const entry = entryOf(event);
  return isBackground(entry.kind) ? null : (
    <>
      <Body entry={entry} />
      <VisuallyHidden>
        {WORDS[entry.kind]}, {spanInWords(entry.startsAt, entry.endsAt, event.payload?.zone)}
      </VisuallyHidden>
    </>
  );
}

/** What can be read in an entry: who, what, and with whom. */
export function Body({ entry }: { entry: Drawn }) {
  const { session, kind, reason } = entry;
  if (kind === "block") {
    return <span className={classes.who}>{reason ?? "Blocked"} </span>;
  }
  return (
    <>
      <span className={classes.who}>{session?.client_name ?? (kind === "held" ? "Held" : "Booked")} </span>
      <span className={classes.what}>
        {kind === "held" && entry.expiresAt ? <Countdown until={entry.expiresAt} /> : <Mark kind={kind} />}
        {session ? `${session.service_code} · ${surname(session.therapist_name)} ` : ""}
      </span>
    </>
  );
}

function Mark({ kind }: { kind: Drawn["kind"] }) {
  const mark = { completed: "✓ ", no_show: "✗ ", moving: "→ ", leaving: "← " }[kind as string];
  return mark ? <span aria-hidden>{mark}</span> : null;
}

/** How long a room is still held. */
function Countdown({ until }: { until: string }) {
  useNow(1);
  return <b className="numbers">{countdownInWords(secondsUntil(until))} </b>;
}

function surname(name: string | null | undefined): string {
  return name?.split(" ").at(-1) ?? "";
}
