// Lists in pieces, read to their end, because a calendar with half of its sessions would lie.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { http } from "./client";
import { Problem } from "./problem";
import type { components } from "./scheduling";

const PIECE = 500;
const PIECES_AT_MOST = 12;
const CONTENT_TOO_LARGE = 413;

type Session = components["schemas"]["SessionView"];
type Piece = { data?: components["schemas"]["Page_SessionView_"] | undefined };

export interface SessionsWanted {
  site_id?: string;
  therapist_id?: string;
  client_id?: string;
  day?: string;
  from?: string;
  to?: string;
}

/** Every session that fits, with the names of its people; a problem where they are more than can be shown. */
export function useEverySession(wanted: SessionsWanted): UseQueryResult<Session[], Error> {
  return useQuery({
    // As the client's own keys are, so that events make it stale as well.
    queryKey: ["get", "/api/scheduling/sessions", { params: { query: wanted }, every: true }],
    queryFn: async ({ signal }) => {
      const found: Session[] = [];
      let cursor: string | null = null;
      for (let piece = 0; piece < PIECES_AT_MOST; piece += 1) {
        const query: SessionsWanted & { limit: number; cursor?: string } = {
          ...wanted,
          limit: PIECE,
          ...(cursor ? { cursor } : {}),
        };
        const { data }: Piece = await http.GET("/api/scheduling/sessions", {
          params: { query },
          signal,
        });
        found.push(...(data?.items ?? []));
        cursor = data?.next_cursor ?? null;
        if (!cursor) {
          return found;
        }
      }
      throw new Problem({
        type: "/problems/too-many-sessions",
        title: "There are too many sessions to show",
        status: CONTENT_TOO_LARGE,
        detail: `More than ${PIECE * PIECES_AT_MOST} sessions lie in this period. Choose a shorter one.`,
        errors: [],
      });
    },
  });
}
