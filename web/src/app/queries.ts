import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api";

const FRESH_MS = 20_000;
const TRIES = 3;

/** What the pages know; live updates say what of it is stale. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // Only what may pass by itself is tried again; a refusal stays one.
      retry: (failures, error) => asProblem(error).passes && failures < TRIES,
      retryDelay: (failures) => Math.min(4000, 500 * 2 ** failures),
    },
    mutations: { retry: false },
  },
});
