// What can be done with a session now; what cannot be done yet shows when it can.
import { Button, Text } from "@mantine/core";
import { IconCalendarPlus, IconCheck } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { Session } from "@/api";
import { canUndo } from "@/features/sessions/standing";
import { isPast, momentInWords, useNow } from "@/time";
import { focusHeading, useAt } from "@/ui";
import type { ActingOn } from "./acting";
import { againAt } from "./again";
import { Cancel } from "./Cancel";
import { Complete } from "./Complete";
import { Missed } from "./Missed";
import { Move } from "./Move";
import { Undo } from "./Undo";

type Doing = "complete" | "missed" | "move" | "cancel";

export function Actions(acting: ActingOn) {
  const { session, zone } = acting;
  const [doing, setDoing] = useState<Doing | null>(null);
  const before = useRef<Session["status"] | null>(null);
  const at = useAt();
  useNow();
  const has = new Set(possible(session));
  const close = () => setDoing(null);
  const isOver = has.size === 0;
  const begin = (what: Doing | null) => {
    before.current = session.status;
    setDoing(what);
  };

  // With what is done, the button that did it goes away, and the focus with it.
  useEffect(() => {
    if (doing === null && before.current !== null && before.current !== session.status) {
      before.current = null;
      // After the dialog has given the focus back, where it can.
      window.setTimeout(focusHeading);
    }
  }, [doing, session.status]);

  return (
    <>
      {session.status === "booked" && !has.has("complete") && !session.rescheduling && (
        <Text size="sm" c="dimmed">
          Can be completed from {momentInWords(session.starts_at, zone)} on
        </Text>
      )}
      {has.has("complete") && (
        <Button leftSection={<IconCheck size={17} aria-hidden />} onClick={() => begin("complete")}>
          Complete
        </Button>
      )}
      {has.has("missed") && (
        <Button variant="default" onClick={() => begin("missed")}>
          No-show
        </Button>
      )}
      {has.has("move") && (
        <Button variant="default" onClick={() => begin("move")}>
          Move
        </Button>
      )}
      {has.has("cancel") && (
        <Button variant="default" c="var(--mantine-color-error)" onClick={() => begin("cancel")}>
          {session.status === "booked" ? "Cancel the session" : "Cancel the request"}
        </Button>
      )}
      {canUndo(session) && <Undo session={session} zone={zone} onBegin={() => begin(null)} />}
      {isOver && (
        <Button
          component={Link}
          to={at(againAt(session, null))}
          variant="default"
          leftSection={<IconCalendarPlus size={17} aria-hidden />}
        >
          Book again
        </Button>
      )}
      {doing === "complete" && <Complete {...acting} onClose={close} />}
      {doing === "missed" && <Missed {...acting} onClose={close} />}
      {doing === "move" && <Move {...acting} onClose={close} />}
      {doing === "cancel" && <Cancel {...acting} onClose={close} />}
    </>
  );
}

function possible(session: Session): Doing[] {
  switch (session.status) {
    case "booked":
      return isPast(session.starts_at)
        ? ["complete", "missed", "cancel"]
        : session.rescheduling
          ? ["cancel"]
          : ["move", "cancel"];
    case "requested":
    case "offered":
      return ["cancel"];
    default:
      return [];
  }
}
