// One thing in the calendar: who, what, and with which colour and texture it is distinguished.
import { Box, UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { ScheduleEventData } from "@mantine/schedule";
import type { ComponentPropsWithoutRef, ReactElement, ReactNode } from "react";
import { NEEDS_ANOTHER, reasonsInWords } from "@/features/sessions/displaced";
import { countdownInWords, minutesBetween, secondsUntil, spanOfDaysInWords, timeInWords, useNow } from "@/time";
import classes from "./Entry.module.css";
import { type Drawn, isBackground } from "./entries";

/** So short a session has room for one line only. */
const SHORT_MINUTES = 30;

/** Whose calendar it is: a room's shows the therapist, a therapist's shows the room. */
export type Whose = "room" | "therapist";

interface BodyProps {
  readonly entry: Drawn;
  readonly zone: string;
  readonly whose?: Whose;
  /** Left out where the time stands beside it. */
  readonly withTime?: boolean;
}

/** What an entry is, for who cannot see its colour. */
const WORDS = {
  booked: "booked",
  taken: "taken",
  completed: "completed",
  no_show: "no-show",
  held: "held",
  moving: "moving here, waiting for the room",
  leaving: "moving away",
  block: "blocked",
  off: "time off",
  turnover: "turnover",
  closed: "closed",
} as const;

/** What an entry is, and what has to be done about it. */
export function stateInWords({ kind, therapistOff, displacedBy = [] }: Drawn): string {
  return [
    WORDS[kind],
    therapistOff && "the therapist is away",
    displacedBy.length > 0 && `needs another room or time (${reasonsInWords(displacedBy)})`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Whether somebody has to move or cancel it. */
export function needsAttention(entry: Drawn): boolean {
  return entry.therapistOff || isDisplaced(entry);
}

/** Whether it needs another room or time. */
function isDisplaced({ displacedBy = [] }: Drawn): boolean {
  return displacedBy.length > 0;
}

function wordsFor(entry: Drawn, zone: string): string {
  const { session, reason, clients } = entry;
  const who = session
    ? `${clients.join(", ")} with ${session.therapist_name ?? "therapist"}, ${session.service_name}`
    : "";
  const when = entry.startsAt ? spanOfDaysInWords(entry.startsAt, entry.endsAt, zone) : "";
  return [stateInWords(entry), who || reason, when].filter(Boolean).join(": ");
}

/** An entry as the calendar's components want it. */
export function asEvent(entry: Drawn, zone: string, whose: Whose = "room"): ScheduleEventData {
  return {
    id: entry.id,
    title: isBackground(entry.kind) ? "" : wordsFor(entry, zone),
    start: entry.start,
    end: entry.end,
    color: "gray",
    display: isBackground(entry.kind) ? "background" : "default",
    resourceId: entry.row,
    payload: { entry, zone, whose },
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
  return (
    <UnstyledButton
      {...props}
      data-kind={entry.kind}
      data-attention={needsAttention(entry) || undefined}
      data-displaced={isDisplaced(entry) || undefined}
      data-short={minutesBetween(entry.startsAt, entry.endsAt) <= SHORT_MINUTES || undefined}
      className={`${props.className ?? ""} ${classes.entry}`}
    />
  );
}

export function renderBody(event: ScheduleEventData): ReactNode {
  const entry = entryOf(event);
  return isBackground(entry.kind) ? null : (
    <>
      <Body entry={entry} zone={event.payload?.zone} whose={event.payload?.whose} />
      <VisuallyHidden>
        {stateInWords(entry)}, {spanOfDaysInWords(entry.startsAt, entry.endsAt, event.payload?.zone)}
      </VisuallyHidden>
    </>
  );
}

/** What can be read in an entry: who, when, and with whom; in a therapist's own week, in which room. */
export function Body({ entry, zone, whose = "room", withTime = true }: BodyProps) {
  const { session, kind, reason, clients } = entry;
  const [first = kind === "held" ? "Held" : "Taken", ...others] = clients;
  const time = withTime && (
    <span className={`${classes.what} ${classes.when} numbers`}>
      <Times from={entry.startsAt} to={entry.endsAt} zone={zone} />{" "}
    </span>
  );
  if (kind === "block" || kind === "off") {
    return (
      <>
        <span className={classes.who}>{reason || (kind === "off" ? "Time off" : "Blocked")} </span>
        {kind === "block" && withTime && (
          <span className={`${classes.what} numbers`}>{spanOfDaysInWords(entry.startsAt, entry.endsAt, zone)}</span>
        )}
      </>
    );
  }
  const where = session?.room_number ? `Room ${session.room_number}` : "No room yet";
  return (
    <>
      <span className={classes.who} title={clients.join(", ")}>
        {needsAttention(entry) && <span aria-hidden>⚠ </span>}
        <Mark kind={kind} />
        {first}
        {others.length > 0 && ` +${others.length}`}{" "}
      </span>
      {/* Before the time, which an axis has too: a low entry has two lines. */}
      {isDisplaced(entry) && <span className={classes.what}>{NEEDS_ANOTHER} </span>}
      {kind === "held" && entry.expiresAt ? (
        <span className={`${classes.what} ${classes.when}`}>
          <Countdown until={entry.expiresAt} />
        </span>
      ) : (
        time
      )}
      <span className={`${classes.what} ${classes.with}`}>
        {session ? `${whose === "therapist" ? where : surname(session.therapist_name)} · ${session.service_code} ` : ""}
      </span>
    </>
  );
}

/** `9:00–9:50 AM`, `11:30 AM–12:20 PM`; where there is no room for the end, `9:00 AM`. */
function Times({ from, to, zone }: { from: string; to: string; zone: string }) {
  const [start, half = ""] = partsOf(from, zone);
  const [, untilHalf = ""] = partsOf(to, zone);
  return (
    <>
      {start}
      <span className={half === untilHalf ? (classes.half ?? "") : ""}>{half}</span>
      <span className={classes.until}>–{timeInWords(to, zone)}</span>
    </>
  );
}

/** The time, and which half of the day it is in where the clock has twelve hours. */
function partsOf(instant: string, zone: string): readonly string[] {
  const time = timeInWords(instant, zone);
  const half = /\s?[AP]M/i.exec(time)?.[0] ?? "";
  return [time.replace(half, ""), half];
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
