import { Button, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Site } from "@/api";
import { reasonsInWords } from "@/features/sessions/displaced";
import { SessionList } from "@/features/sessions/SessionList";
import { Pager, Panel, usePages } from "@/ui";
import { countInWords } from "./refusals";
import { roomInWords, useRooms } from "./useRooms";

const ON_A_PAGE = 25;

/** Sessions whose room somebody blocked, closed or reduced by force, the soonest first, until each has another; nothing where there are none. `folded` is one line until somebody wants to see them. */
export function Waiting({ site, folded = false }: { site: Site; folded?: boolean }) {
  const [isShown, setShown] = useState(!folded);
  const pages = usePages(site.id);
  const holds = useWaiting(site, pages.cursor);
  const total = useWaiting(site, undefined).data?.total ?? 0;
  const rooms = useRooms(site.id).data?.items ?? [];
  const sessions = (holds.data?.items ?? []).flatMap(({ session_id, starts_at, ends_at, room_id, displaced_by }) =>
    session_id && starts_at && ends_at ? [{ session_id, starts_at, ends_at, room_id, displaced_by }] : [],
  );
  const next = holds.data?.next_cursor;
  return sessions.length > 0 || pages.cursor ? (
    <Panel
      title={`${countInWords(total)} ${total === 1 ? "needs" : "need"} another room or time`}
      {...(isShown ? { about: "The soonest first. Open a session to move it." } : {})}
      {...(folded
        ? {
            actions: (
              <Button variant="default" size="compact-sm" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
                {isShown ? "Hide" : "Show"}
              </Button>
            ),
          }
        : {})}
    >
      {isShown && (
        <>
          <SessionList
            name="Sessions to re-plan"
            sessions={sessions}
            zone={site.time_zone}
            also={[
              "Room",
              ({ room_id, displaced_by }) => {
                const room = rooms.find(({ id }) => id === room_id);
                return (
                  <>
                    <Text size="sm">{room && roomInWords(room)}</Text>
                    <Text size="xs" c="dimmed">
                      {reasonsInWords(displaced_by)}
                    </Text>
                  </>
                );
              },
            ]}
          />
          {(pages.cursor || next) && <Pager pages={pages} next={next} />}
        </>
      )}
    </Panel>
  ) : null;
}

/** A page of them; the first one has their number. */
function useWaiting(site: Site, cursor: string | undefined) {
  return api.useQuery(
    "get",
    "/api/rooms/holds",
    {
      params: {
        query: {
          site_id: site.id,
          needs_replanning: true,
          soonest_first: true,
          limit: ON_A_PAGE,
          ...(cursor ? { cursor } : {}),
        },
      },
    },
    { placeholderData: keepPreviousData },
  );
}
