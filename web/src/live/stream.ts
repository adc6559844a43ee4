// An event stream that reopens when it breaks and reports which of the two it is. Runs in a page or in a shared worker.
import { type LiveEvent, STALE_AFTER } from "./events";

export type Connection = "connecting" | "live" | "reconnecting" | "absent" | "offline";

/** What a stream reports. `resumed`: it is live again after it was not, and whatever happened meanwhile was not received. */
export type Report =
  | { readonly kind: "state"; readonly state: Connection }
  | { readonly kind: "event"; readonly event: LiveEvent }
  | { readonly kind: "resumed" };

const STREAM = "/api/scheduling/events";
/** The longest pause before each attempt to open it again; the last one before all that follow. */
const AGAIN_WITHIN_MS = [1000, 2000, 5000] as const;

export interface Stream {
  readonly state: () => Connection;
  /** The browser has lost the network: whatever still arrives is not waited for. */
  readonly lose: () => void;
  /** The network is back. */
  readonly hurry: () => void;
  readonly close: () => void;
}

/** Open the stream and report until it is closed. */
export function openStream(report: (report: Report) => void): Stream {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: Connection = "connecting";
  let failures = 0;
  let everLive = false;

  function become(next: Connection): void {
    if (state !== next) {
      state = next;
      report({ kind: "state", state });
    }
  }

  function open(): void {
    source = new EventSource(STREAM);
    source.addEventListener("ready", () => {
      const missed = state !== "live" && (everLive || state === "absent");
      failures = 0;
      everLive = true;
      become("live");
      if (missed) {
        report({ kind: "resumed" });
      }
    });
    // The broker is lost while the stream stands; `ready` comes again.
    source.addEventListener("away", () => become("reconnecting"));
    for (const type of Object.keys(STALE_AFTER)) {
      source.addEventListener(type, (message: MessageEvent<string>) => {
        const event = readEvent(message.data);
        // An event that cannot be read is worth a look at everything rather than an error in somebody's face.
        report(event ? { kind: "event", event } : { kind: "resumed" });
      });
    }
    source.addEventListener("error", () => {
      // An answer that is no stream (404, 502) closes the source for good; a broken stream reopens by itself.
      const closed = source?.readyState === EventSource.CLOSED;
      become(everLive ? "reconnecting" : closed ? "absent" : "connecting");
      if (closed) {
        timer = setTimeout(open, pauseAfter(failures));
        failures += 1;
      }
    });
  }

  function lose(): void {
    clearTimeout(timer);
    source?.close();
    become("offline");
  }

  function hurry(): void {
    if (source?.readyState === EventSource.CLOSED) {
      clearTimeout(timer);
      if (state === "offline") {
        become("reconnecting");
      }
      open();
    }
  }

  open();
  addEventListener("online", hurry);
  addEventListener("offline", lose);
  return {
    state: () => state,
    lose,
    hurry,
    close: () => {
      clearTimeout(timer);
      removeEventListener("online", hurry);
      removeEventListener("offline", lose);
      source?.close();
      source = null;
    },
  };
}

/** Between half of the longest pause and all of it, so that not every browser comes at the same time after an outage. */
function pauseAfter(failures: number): number {
  const longest = AGAIN_WITHIN_MS[Math.min(failures, AGAIN_WITHIN_MS.length - 1)] ?? 0;
  return longest * (0.5 + Math.random() / 2);
}

function readEvent(data: string): LiveEvent | null {
  try {
    return JSON.parse(data) as LiveEvent;
  } catch {
    return null;
  }
}
