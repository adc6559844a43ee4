import { api, type Site } from "@/api";
import { Panel, SessionList } from "@/parts";
import { countInWords } from "./refusals";

const SHOWN_AT_MOST = 100;

/** Sessions whose room somebody blocked or closed by force, until each has another; nothing where there are none. */
export function Waiting({ site }: { site: Site }) {
  const holds = api.useQuery("get", "/api/rooms/holds", {
    params: { query: { site_id: site.id, needs_replanning: true, limit: SHOWN_AT_MOST } },
  });
  const sessions = (holds.data?.items ?? []).flatMap(({ session_id, starts_at, ends_at }) =>
    session_id && starts_at && ends_at ? [{ session_id, starts_at, ends_at }] : [],
  );
  return sessions.length > 0 ? (
    <Panel
      title={`${holds.data?.next_cursor ? "More than " : ""}${countInWords(sessions.length)} ${sessions.length === 1 ? "needs" : "need"} another room or time`}
      about="Their room is blocked, out of use or closed. Open a session to move it."
    >
      <SessionList name="Sessions to re-plan" sessions={sessions} zone={site.time_zone} />
    </Panel>
  ) : null;
}
