// What this tab receives of the browser's one event stream, and whether it is live. The stream is left when the page is, and
// joined again when the page comes back from the browser's cache of pages.
import type { LiveEvent } from "./events";
import { type Connection, openStream, type Report } from "./stream";

export type { Connection };

export interface Listener {
  received: (event: LiveEvent) => void;
  /** Called when it is live again after it was not: whatever happened meanwhile was not received. */
  resumed: () => void;
}

const WORKER_NAME = "holdfast-live";
/** As in `worker.ts`, which a page does not load. */
const LEAVING = "leaving";

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
export function listen({ received, resumed }: Listener): () => void {
  let leave: (() => void) | null = null;

  function receive(report: Report): void {
    if (report.kind === "state") {
      become(report.state);
    } else if (report.kind === "event") {
      received(report.event);
    } else {
      resumed();
    }
  }

  function join(): void {
    leave ??= joinShared(receive, alone) ?? openStream(receive).close;
  }

  /** The worker cannot be loaded: this tab has a stream of its own. */
  function alone(): void {
    if (leave) {
      leave();
      leave = openStream(receive).close;
    }
  }

  function depart(): void {
    leave?.();
    leave = null;
    become("connecting");
  }

  function comeBack({ persisted }: PageTransitionEvent): void {
    if (persisted) {
      join();
      resumed();
    }
  }

  join();
  addEventListener("pagehide", depart);
  addEventListener("pageshow", comeBack);
  return () => {
    removeEventListener("pagehide", depart);
    removeEventListener("pageshow", comeBack);
    depart();
  };
}

/** Join the stream of all tabs; null where the browser has no shared workers, and the tab needs a stream of its own. */
function joinShared(receive: (report: Report) => void, onError: () => void): (() => void) | null {
  if (typeof SharedWorker === "undefined") {
    return null;
  }
  const worker = new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module", name: WORKER_NAME });
  worker.onerror = onError;
  worker.port.onmessage = ({ data }: MessageEvent<Report>) => receive(data);
  const postNetwork = ({ type }: Event) => worker.port.postMessage(type);
  addEventListener("offline", postNetwork);
  addEventListener("online", postNetwork);
  return () => {
    removeEventListener("offline", postNetwork);
    removeEventListener("online", postNetwork);
    worker.port.postMessage(LEAVING);
    worker.port.close();
  };
}
