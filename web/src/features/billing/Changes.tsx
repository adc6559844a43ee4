import { Anchor, List, Table, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { whoInWords } from "@/features/people/names";
import { ClientName, TherapistName } from "@/features/people/PersonName";
import { useNetworkZone, useSites } from "@/features/site";
import { dateInWords, momentInWords } from "@/time";
import { PagedList, Panel, useAt, usePages } from "@/ui";
import { fieldInWords, movedInWords, valueInWords } from "./changeLabels";

type Change = components["schemas"]["ChangeView"];
const ON_A_PAGE = 25;

interface ChangesProps {
  /** Only of this payer, coverage, client, therapist or site. */
  readonly of?: string;
  /** Only of this kind. */
  readonly what?: string | null;
}

/** Change log of that which prices and claims are made of, the latest first. */
export function Changes({ of, what }: ChangesProps) {
  const zone = useNetworkZone();
  const pages = usePages(`${of} ${what}`);
  const { cursor } = pages;
  const changes = api.useQuery(
    "get",
    "/api/billing/changes",
    {
      params: {
        query: {
          limit: ON_A_PAGE,
          ...(of ? { key: of } : {}),
          ...(what ? { what } : {}),
          ...(cursor ? { cursor } : {}),
        },
      },
    },
    { placeholderData: keepPreviousData },
  );
  return (
    <Panel title="Change log">
      <PagedList
        query={changes}
        pages={pages}
        order="newest first"
        empty={
          <Text size="sm" c="dimmed">
            No changes yet.
          </Text>
        }
      >
        {(items) => (
          <Table verticalSpacing={6} aria-label="Changes">
            <Table.Tbody>
              {items.map((change) => (
                <Table.Tr key={change.id}>
                  <Table.Td style={{ verticalAlign: "top" }}>
                    {momentInWords(change.at, zone)}
                    <Text size="xs" c="dimmed">
                      {whoInWords(change.by)}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" fw={600}>
                      {fieldInWords(change.what)} {change.action}
                    </Text>
                    {!of && <Subject change={change} />}
                    <Differences change={change} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </PagedList>
    </Panel>
  );
}

/** Whom or what a change is about, and where that is found. */
function Subject({ change: { key, subject } }: { change: Change }) {
  const { allSites } = useSites();
  switch (subject.kind) {
    case "payer":
      return <To path={`/billing/payers/${key}`}>{subject.name ?? "Payer"}</To>;
    case "client":
      return (
        <To path={`/billing/clients/${key}`}>
          <ClientName clientId={key} />
        </To>
      );
    case "record":
      return (
        <To path={`/billing/records/${key}`}>
          {subject.client_id && <ClientName clientId={subject.client_id} />}, {subject.service_code}
          {subject.service_date && `, ${dateInWords(subject.service_date)}`}
        </To>
      );
    case "remittance":
      return <To path={`/billing/remittances/${key}`}>Remittance{subject.name && ` of ${subject.name}`}</To>;
    case "provider":
      return (
        <To path={`/billing/organization?edit=${key}`}>
          <TherapistName therapistId={key} />
        </To>
      );
    case "facility":
      return <To path="/billing/organization">{allSites.find(({ id }) => id === key)?.site_name ?? "Site"}</To>;
    case "organization":
      return <To path="/billing/organization">Our details</To>;
    case "acknowledgement":
      return <To path="/billing/claims">Claims</To>;
    case "diagnosis_codes":
      return <To path="/billing/diagnosis-codes">Diagnosis codes</To>;
  }
}

function To({ path, children }: { path: string; children: ReactNode }) {
  const at = useAt();
  return (
    <Anchor component={Link} to={at(path)} size="sm">
      {children}
    </Anchor>
  );
}

/** What was there before beside what is there after; ids say nothing to anybody. */
function Differences({ change }: { change: Change }) {
  const before = change.before ?? {};
  const after = change.after ?? {};
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !/(^|_)id$/.test(field) && valueInWords(before[field]) !== valueInWords(after[field]),
  );
  return (
    <List size="sm" listStyleType="none">
      {fields.map((field) => {
        const [was, is] = [valueInWords(before[field], field), valueInWords(after[field], field)];
        const moved = movedInWords(field, after[field], change.what);
        return moved ? (
          <List.Item key={field}>{moved}</List.Item>
        ) : (
          <List.Item key={field}>
            {fieldInWords(field)}: {was && <del>{was}</del>} {is || (change.after && "none")}
          </List.Item>
        );
      })}
    </List>
  );
}
