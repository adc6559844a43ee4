// What staff overrode: which rule, for which session, and why.
import { Anchor, Table, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import type { Readable } from "openapi-typescript-helpers";
import { Link } from "react-router";
import { api, inOneText, type Session } from "@/api";
import type { components } from "@/api/scheduling";
import { siteInWords, useSites } from "@/features/site";
import { momentInWords } from "@/time";
import { PagedList, Panel, TableHead, useAt, usePages } from "@/ui";
import { withoutFix } from "@/ui/ProblemNotice";

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
        {(items) => <Lines overrides={items} />}
      </PagedList>
    </Panel>
  );
}

type Overridden = Readable<components["schemas"]["OverrideView"]>;

function Lines({ overrides }: { overrides: readonly Overridden[] }) {
  const ids = [...new Set(overrides.map(({ session_id }) => session_id))].sort();
  const { data } = api.useQuery(
    "get",
    "/api/scheduling/sessions",
    { params: { query: { ids, limit: SHOWN } } },
    { enabled: ids.length > 0, placeholderData: keepPreviousData },
  );
  const sessions = new Map(data?.items.map((session) => [session.id, session]));
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing={6} aria-label="Overrides">
        <TableHead columns={["Session", "Rule", "Reason"]} />
        <Table.Tbody>
          {overrides.map((override) => (
            <Override key={override.id} override={override} session={sessions.get(override.session_id)} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Override({ override, session }: { override: Overridden; session: Session | undefined }) {
  const { session_id, at, reason, by, rules } = override;
  const to = useAt();
  const { allSites, site: here } = useSites();
  const site = allSites.find(({ id }) => id === session?.site_id);
  const zone = site?.time_zone ?? here?.time_zone ?? "UTC";
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={to(`/sessions/${session_id}`)} size="sm" underline="always">
          {session ? `${session.client_name ?? "A client"}, ${momentInWords(session.starts_at, zone)}` : "The session"}
        </Anchor>
        {session && (
          <Text size="xs" c="dimmed">
            {[`with ${session.therapist_name ?? "a therapist"}`, site && siteInWords(site)].filter(Boolean).join(" · ")}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm">
          {inOneText(rules.map((rule) => ({ ...rule, message: withoutFix(rule.message, rule.fix), fix: null })))}
        </Text>
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
