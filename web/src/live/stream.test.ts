import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openStream, type Report } from "./stream";

const CLOSED = 2;
const opened: Source[] = [];

/** A stream of events with the answers that the test gives. */
class Source extends EventTarget {
  static readonly CLOSED = CLOSED;
  readyState = 0;

  constructor() {
    super();
    opened.push(this);
  }

  close(): void {
    this.readyState = CLOSED;
  }

  answer(type: "ready" | "error"): void {
    this.dispatchEvent(new Event(type));
  }

  /** The answer is no stream, as while the service is away. */
  refuse(): void {
    this.close();
    this.answer("error");
  }
}

beforeEach(() => {
  const scope = new EventTarget();
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("addEventListener", scope.addEventListener.bind(scope));
  vi.stubGlobal("removeEventListener", scope.removeEventListener.bind(scope));
  vi.stubGlobal("dispatchEvent", scope.dispatchEvent.bind(scope));
});
afterEach(() => {
  opened.length = 0;
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("is offline at once when the browser is, and live again with everything asked for anew when the network is back", () => {
  const reports: Report[] = [];
  const stream = openStream((report) => reports.push(report));
  opened[0]?.answer("ready");
  dispatchEvent(new Event("offline"));
  expect(stream.state()).toBe("offline");
  dispatchEvent(new Event("online"));
  stream.hurry();
  expect(opened).toHaveLength(2);
  opened[1]?.answer("ready");
  expect(reports.slice(1)).toEqual([
    { kind: "state", state: "offline" },
    { kind: "state", state: "reconnecting" },
    { kind: "state", state: "live" },
    { kind: "resumed" },
  ]);
  stream.close();
});

it("is opened again within five seconds however long the service was away", () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  const stream = openStream(() => undefined);
  opened[0]?.answer("ready");
  for (let attempts = 1; attempts <= 20; attempts++) {
    expect(opened).toHaveLength(attempts);
    opened.at(-1)?.refuse();
    vi.advanceTimersByTime(5000);
  }
  opened.at(-1)?.answer("ready");
  expect(stream.state()).toBe("live");
  stream.close();
});

it("is not opened again at once, nor by all browsers at the same time", () => {
  vi.useFakeTimers();
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  const stream = openStream(() => undefined);
  opened[0]?.refuse();
  vi.advanceTimersByTime(499);
  expect(opened).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(opened).toHaveLength(2);
  random.mockReturnValue(0.5);
  opened[1]?.refuse();
  vi.advanceTimersByTime(1499);
  expect(opened).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(opened).toHaveLength(3);
  stream.close();
});
