// Live updates: what others do appears by itself, because events name which of the things on the screen are stale.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { type Connection, connection, listen } from "./connection";
import { isStale, type LiveEvent, STALE_AFTER } from "./events";

export type { Connection, LiveEvent };

/** Events that come together are looked up together. */
const GATHER_MS = 150;
/** While there is no stream, everything on the screen is requested again this often. */
const POLL_MS = 10_000;

const listeners = new Set<(event: LiveEvent) => void>();

/** Whether this window receives changes at once. */
export function useConnection(): Connection {
  return useSyncExternalStore(connection.watch, connection.get);
}

/** Call back for each event, until the function that is returned is called. */
export function handleEvents(handle: (event: LiveEvent) => void): () => void {
  listeners.add(handle);
  return () => {
    listeners.delete(handle);
  };
}

/** Call back for each event while the component is on the screen, beyond the refreshing that happens anyway. */
export function useLiveEvents(handle: (event: LiveEvent) => void): void {
  useEffect(() => handleEvents(handle), [handle]);
}

/** Payers, fees and codes have no event of their own: after a change that this window made in billing, all of it is requested again. */
const ALL_OF_BILLING = "/api/billing/";

/** Request everything on the screen again that these events made stale; for changes that this window made itself. */
export function refreshAfter(queries: QueryClient, ...types: string[]): Promise<void> {
  const stale = types.flatMap((type) => (type.startsWith("billing.") ? [ALL_OF_BILLING] : pathsAfter(type)));
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => stale.some((path) => String(queryKey[1] ?? "").startsWith(path)),
  });
}

function pathsAfter(type: string): readonly string[] {
  return (STALE_AFTER[type] ?? []).map(({ path }) => path);
}

/** Keeps what is on the screen true. */
export function Live({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const state = useConnection();

  useEffect(() => {
    const gathered: LiveEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = listen({
      received(event) {
        for (const handle of listeners) {
          handle(event);
        }
        gathered.push(event);
        timer ??= setTimeout(() => {
          timer = undefined;
          const events = gathered.splice(0);
          void queries.invalidateQueries({
            predicate: ({ queryKey }) => events.some((each) => isStale(queryKey, each)),
          });
        }, GATHER_MS);
      },
      resumed: () => void queries.invalidateQueries(),
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [queries]);

  useEffect(() => {
    if (state === "live" || state === "connecting" || state === "offline") {
      return;
    }
    const timer = setInterval(() => void queries.invalidateQueries(), POLL_MS);
    return () => clearInterval(timer);
  }, [queries, state]);

  return children;
}
