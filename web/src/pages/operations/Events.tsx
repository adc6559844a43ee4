// What happens, as it happens: the events that keep every page of the front true.
import { Anchor, Button, Code, Group, MultiSelect, ScrollArea, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { type LiveEvent, useConnection, useLiveEvents } from "@/live";
import { STALE_AFTER } from "@/live/events";
import { timeOfSecond } from "@/time";
import { Panel, useAt } from "@/ui";
import { Moment } from "./Moment";
import classes from "./Operations.module.css";

const KEPT = 200;
const TYPES = Object.keys(STALE_AFTER).sort();
/** Events that come together are shown together. */
const GATHER_MS = 100;

const STATES = {
  live: "Live: events appear at once.",
  connecting: "Connecting.",
  reconnecting: "The stream is interrupted. Events of this time are not shown.",
  absent: "There is no stream right now.",
  offline: "There is no network. Events of this time are not shown.",
} as const;

export function Events() {
  const state = useConnection();
  const [paused, setPaused] = useState(false);
  const [types, setTypes] = useState<string[]>([]);
  const { events, held } = useKept(paused);
  const shown = events.filter(({ type }) => types.length === 0 || types.includes(type));
  return (
    <Panel
      title="Events"
      about={STATES[state]}
      actions={
        <Button
          size="xs"
          variant="default"
          aria-pressed={paused}
          leftSection={paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? `Resume${held ? ` (${held} new)` : ""}` : "Pause"}
        </Button>
      }
    >
      <MultiSelect
        aria-label="Types of events"
        placeholder={types.length ? "" : "Every type"}
        searchable
        selectFirstOptionOnChange
        clearable
        data={TYPES}
        value={types}
        onChange={setTypes}
      />
      {shown.length > 0 ? (
        <ScrollArea.Autosize mah={420} viewportProps={{ tabIndex: 0, "aria-label": "Events, the latest first" }}>
          <ul className={classes.events}>
            {shown.map((event) => (
              <Event key={event.id} event={event} />
            ))}
          </ul>
        </ScrollArea.Autosize>
      ) : (
        <Text size="sm" c="dimmed">
          {events.length ? "No events of these types yet." : "No events since this page was opened."}
        </Text>
      )}
    </Panel>
  );
}

function Event({ event }: { event: LiveEvent }) {
  const at = useAt();
  const sessionId = typeof event.data.session_id === "string" ? event.data.session_id : null;
  return (
    <li>
      <details className={classes.event}>
        <summary>
          <Text span size="sm" c="dimmed" className="numbers">
            <Moment at={event.time} inWords={timeOfSecond} />
          </Text>{" "}
          <Text span size="sm" fw={600}>
            {event.type}
          </Text>
        </summary>
        <Group gap="md" my={4}>
          <Text size="xs" c="dimmed">
            {event.id} from {event.source}
          </Text>
          {sessionId && (
            <Anchor component={Link} to={at(`/sessions/${sessionId}`)} size="xs" underline="always">
              Open the session
            </Anchor>
          )}
        </Group>
        <Code block className={classes.body ?? ""} tabIndex={0}>
          {JSON.stringify(event.data, null, 2)}
        </Code>
      </details>
    </li>
  );
}

/** The latest events, the newest first; while paused they are counted and kept for later. */
function useKept(paused: boolean): { events: readonly LiveEvent[]; held: number } {
  const [events, setEvents] = useState<readonly LiveEvent[]>([]);
  const [held, setHeld] = useState(0);
  const waiting = useRef<LiveEvent[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const flush = useCallback(() => {
    timer.current = undefined;
    if (paused) {
      setHeld(waiting.current.length);
      return;
    }
    const came = waiting.current;
    waiting.current = [];
    setHeld(0);
    if (came.length) {
      setEvents((before) => newest([...came.reverse(), ...before]));
    }
  }, [paused]);

  useEffect(() => {
    flush();
    return () => clearTimeout(timer.current);
  }, [flush]);

  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        waiting.current = [...waiting.current, event].slice(-KEPT);
        timer.current ??= setTimeout(flush, GATHER_MS);
      },
      [flush],
    ),
  );
  return { events, held };
}

/** An event may come twice. */
function newest(events: readonly LiveEvent[]): LiveEvent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()].slice(0, KEPT);
}
