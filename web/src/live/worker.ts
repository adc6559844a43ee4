// The shared worker: one event stream for all tabs of a browser, because over HTTP/1.1 a browser opens six connections to one
// origin and a stream per tab would take them all.
import { openStream, type Report, type Stream } from "./stream";

/** What a tab sends when it leaves (`connection.ts`); a port does not report that by itself. */
const LEAVING = "leaving";
/** What a tab sends when its window learns of a change of the network; a worker does not in every browser. */
const NETWORK = { offline: (of: Stream) => of.lose(), online: (of: Stream) => of.hurry() } as const;

interface SharedWorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

const tabs = new Set<MessagePort>();
let stream: Stream | null = null;

function publish(report: Report): void {
  for (const tab of tabs) {
    tab.postMessage(report);
  }
}

function leave(tab: MessagePort): void {
  tabs.delete(tab);
  tab.close();
  if (tabs.size === 0) {
    stream?.close();
    stream = null;
  }
}

(globalThis as unknown as SharedWorkerScope).onconnect = ({ ports: [tab] }) => {
  if (!tab) {
    return;
  }
  tabs.add(tab);
  tab.onmessage = ({ data }: MessageEvent<typeof LEAVING | keyof typeof NETWORK>) => {
    if (data === LEAVING) {
      leave(tab);
    } else if (stream) {
      NETWORK[data](stream);
    }
  };
  stream ??= openStream(publish);
  tab.postMessage({ kind: "state", state: stream.state() } satisfies Report);
};
