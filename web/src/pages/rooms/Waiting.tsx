import { keepPreviousData } from "@tanstack/react-query";
import { api, type Site } from "@/api";
import { SessionList } from "@/features/sessions/SessionList";
import { Pager, Panel, usePages } from "@/ui";
import { countInWords } from "./refusals";

const ON_A_PAGE = 25;

/** Sessions whose room somebody blocked, closed or reduced by force, until each has another; nothing where there are none. */
export function Waiting({ site }: { site: Site }) {
  const pages = usePages(site.id);
  const { cursor } = pages;
  const holds = api.useQuery(
    "get",
    "/api/rooms/holds",
    {
      params: {
        query: { site_id: site.id, needs_replanning: true, limit: ON_A_PAGE, ...(cursor ? { cursor } : {}) },
      },
    },
    { placeholderData: keepPreviousData },
  );
  const sessions = (holds.data?.items ?? []).flatMap(({ session_id, starts_at, ends_at }) =>
    session_id && starts_at && ends_at ? [{ session_id, starts_at, ends_at }] : [],
  );
  const next = holds.data?.next_cursor;
  const isWhole = !cursor && !next;
  return sessions.length > 0 || cursor ? (
    <Panel
      title={
        isWhole
          ? `${countInWords(sessions.length)} ${sessions.length === 1 ? "needs" : "need"} another room or time`
          : `More than ${ON_A_PAGE} sessions need another room or time`
      }
      about="Their room is blocked, out of use or closed, or lacks seats or equipment. Open a session to move it."
    >
      <SessionList name="Sessions to re-plan" sessions={sessions} zone={site.time_zone} />
      {!isWhole && <Pager pages={pages} next={next} />}
    </Panel>
  ) : null;
}
