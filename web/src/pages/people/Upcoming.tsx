import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import { api } from "@/api";
import { SessionTable } from "@/features/sessions/SessionTable";
import { useSites } from "@/features/site";
import { startOfDay, today } from "@/time";
import { Loaded, Panel, useAt } from "@/ui";

const SHOWN_AT_MOST = 20;

interface UpcomingProps {
  readonly who: { readonly client_id?: string; readonly therapist_id?: string };
  /** Where all of them are listed. */
  readonly more: string;
  readonly empty: string;
}

/** Somebody's sessions from today on. */
export function Upcoming({ who, more, empty }: UpcomingProps) {
  const { site } = useSites();
  const zone = site?.time_zone ?? "UTC";
  const at = useAt();
  const sessions = api.useQuery("get", "/api/scheduling/sessions", {
    params: {
      query: {
        ...who,
        from: startOfDay(today(zone), zone),
        status: ["requested", "offered", "booked", "completed", "no_show"],
        limit: SHOWN_AT_MOST,
      },
    },
  });
  return (
    <Panel
      title="Sessions from today on"
      actions={
        <Anchor component={Link} to={at(more)} size="sm" underline="always">
          All sessions
        </Anchor>
      }
    >
      <Loaded query={sessions}>
        {({ items, next_cursor }) =>
          items.length > 0 ? (
            <>
              <SessionTable
                name="Sessions from today on"
                sessions={items}
                of={who.client_id ? "client" : "therapist"}
              />
              {next_cursor && (
                <Text size="sm" c="dimmed">
                  The first {items.length}; all of them are in the list of sessions.
                </Text>
              )}
            </>
          ) : (
            <Text size="sm" c="dimmed">
              {empty}
            </Text>
          )
        }
      </Loaded>
    </Panel>
  );
}
