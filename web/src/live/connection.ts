// The one event stream of this window: opened once, reopened when it breaks, and honest about which of the two it is.
import { type LiveEvent, STALE_AFTER } from "./events";

export type Connection = "connecting" | "live" | "reconnecting" | "absent";

const STREAM = "/api/scheduling/events";
const AGAIN_MS = [1000, 2000, 5000, 10_000, 30_000] as const;

export interface Listener {
  heard: (event: LiveEvent) => void;
  /** Called when it is live again after it was not: whatever happened meanwhile was not heard. */
  resumed: () => void;
}

let state: Connection = "connecting";
const watchers = new Set<() => void>();

export const connection = {
  get: (): Connection => state,
  watch: (watcher: () => void): (() => void) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};

function become(next: Connection): void {
  if (state !== next) {
    state = next;
    for (const watcher of watchers) {
      watcher();
    }
  }
}

/** Listen until the returned function is called. */
export function listen({ heard, resumed }: Listener): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let everLive = false;
  let ended = false;

  function open(): void {
    source = new EventSource(STREAM);
    source.addEventListener("ready", () => {
      const missed = state !== "live" && (everLive || state === "absent");
      failures = 0;
      everLive = true;
      become("live");
      if (missed) {
        resumed();
      }
    });
    for (const type of Object.keys(STALE_AFTER)) {
      source.addEventListener(type, (message: MessageEvent<string>) => {
        try {
          heard(JSON.parse(message.data));
        } catch {
          // An event that nobody can read is worth a look at everything rather than an error in somebody's face.
          resumed();
        }
      });
    }
    source.addEventListener("error", () => {
      // An answer that is no stream (404, 502) closes the source for good; a broken stream reopens by itself.
      const closed = source?.readyState === EventSource.CLOSED;
      become(everLive ? "reconnecting" : closed ? "absent" : "connecting");
      if (closed && !ended) {
        timer = setTimeout(open, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]);
        failures += 1;
      }
    });
  }

  function hurry(): void {
    if (source?.readyState === EventSource.CLOSED) {
      clearTimeout(timer);
      open();
    }
  }

  open();
  addEventListener("online", hurry);
  return () => {
    ended = true;
    clearTimeout(timer);
    removeEventListener("online", hurry);
    source?.close();
    become("connecting");
  };
}
