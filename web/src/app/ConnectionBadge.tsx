import { Tooltip } from "@mantine/core";
import { type Connection, useConnection } from "@/live";
import classes from "./ConnectionBadge.module.css";

const WORDS: Readonly<Record<Connection, readonly [string, string]>> = {
  connecting: ["connecting", "Connecting to live updates."],
  live: ["live", "Changes made by others appear at once."],
  reconnecting: ["reconnecting", "Live updates are interrupted. The page reconnects every few seconds."],
  absent: ["refreshing", "There are no live updates right now. The page reconnects every few seconds."],
  offline: ["offline", "There is no network. What is shown may be out of date."],
};

/** Whether the screen can be believed to the second. */
export function ConnectionBadge() {
  const state = useConnection();
  const [word, about] = WORDS[state];
  return (
    <Tooltip label={about} multiline w={260}>
      <span className={classes.badge} data-state={state} role="status">
        <span className={classes.dot} aria-hidden />
        <span className={classes.word}>{word}</span>
      </span>
    </Tooltip>
  );
}
