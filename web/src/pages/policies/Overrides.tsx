// What staff overrode: which rule, for which session, and why.
import { Anchor, Table, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import type { Readable } from "openapi-typescript-helpers";
import { Link } from "react-router";
import { api, inOneText } from "@/api";
import type { components } from "@/api/scheduling";
import { useNames } from "@/features/people/names";
import { useSites } from "@/features/site";
import { momentInWords } from "@/time";
import { PagedList, Panel, TableHead, useAt, usePages } from "@/ui";

const SHOWN = 25;

export function Overrides() {
  const pages = usePages();
  const overrides = api.useQuery(
    "get",
    "/api/scheduling/overrides",
    { params: { query: { limit: SHOWN, ...(pages.cursor ? { cursor: pages.cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Panel title="Overrides" about="Rules that staff overrode, with the reason; the latest first.">
      <PagedList
        query={overrides}
        pages={pages}
        order="newest first"
        empty={
          <Text size="sm" c="dimmed">
            No rule was overridden.
          </Text>
        }
      >
        {(items) => (
          <Table.ScrollContainer minWidth={0}>
            <Table verticalSpacing={6} aria-label="Overrides">
              <TableHead columns={["Session", "Rule", "Reason"]} />
              <Table.Tbody>
                {items.map((override) => (
                  <Override key={override.id} {...override} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </PagedList>
    </Panel>
  );
}

function Override({ session_id, at, reason, by, rules }: Readable<components["schemas"]["OverrideView"]>) {
  const to = useAt();
  const { sites, site: here } = useSites();
  const { data: session } = api.useQuery("get", "/api/scheduling/sessions/{session_id}", {
    params: { path: { session_id } },
  });
  const names = useNames({
    clients: session ? [session.client_id] : [],
    therapists: session ? [session.therapist_id] : [],
  });
  const site = sites.find(({ id }) => id === session?.site_id);
  const zone = site?.time_zone ?? here?.time_zone ?? "UTC";
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={to(`/sessions/${session_id}`)} size="sm" underline="always">
          {session
            ? `${names.get(session.client_id) ?? "A client"}, ${momentInWords(session.starts_at, zone)}`
            : "The session"}
        </Anchor>
        {session && (
          <Text size="xs" c="dimmed">
            {[`with ${names.get(session.therapist_id) ?? "a therapist"}`, site?.site_name].filter(Boolean).join(" · ")}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm">{inOneText(rules)}</Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{reason}</Text>
        <Text size="xs" c="dimmed">
          {[momentInWords(at, zone), by].filter(Boolean).join(" · ")}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
