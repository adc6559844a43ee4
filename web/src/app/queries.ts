import { onlineManager, QueryClient } from "@tanstack/react-query";
import { asProblem, retryMs } from "@/api";

const FRESH_MS = 20_000;
const TRIES = 3;

/** What the pages have read; live updates mark what of it is stale. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // Without a network a request fails at once and the page shows it; it is sent again when the network is back.
      networkMode: "always",
      refetchOnReconnect: true,
      // Only what may pass by itself is tried again; a refusal stays one.
      retry: (failures, error) => onlineManager.isOnline() && asProblem(error).passes && failures < TRIES,
      refetchInterval: ({ state }) => retryMs(state),
      retryDelay: (failures) => Math.min(4000, 500 * 2 ** failures),
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
