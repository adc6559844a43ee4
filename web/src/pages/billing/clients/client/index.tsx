// One client's account: what they owe, what covers them, and their papers.
import { Anchor, Table, Text } from "@mantine/core";
import { Link, useParams } from "react-router";
import { api, type BillingRecord } from "@/api";
import { Changes } from "@/features/billing/Changes";
import { ClientMoney } from "@/features/billing/ClientMoney";
import { UnappliedCredit } from "@/features/billing/UnappliedCredit";
import { isNothing } from "@/money";
import { dayInWords } from "@/time";
import { Loaded, Money, namesNothing, Page, Panel, useAt } from "@/ui";
import { BillingPlaces } from "../../BillingPlaces";
import { StatusTag } from "../../StatusTag";

const LATEST = 8;

export function Component() {
  const { clientId = "" } = useParams();
  const at = useAt();
  const client = api.useQuery("get", "/api/scheduling/clients/{client_id}", {
    params: { path: { client_id: clientId } },
  });
  const records = api.useQuery("get", "/api/billing/records", {
    params: { query: { client_id: clientId, limit: LATEST } },
  });
  // Billing takes any id: only where the clients are kept is it known whether there is such a client.
  if (namesNothing(client.error)) {
    return (
      <Page title="Client">
        <BillingPlaces />
        <Loaded query={client} named={{ kind: "client", all: "All clients", path: "/billing/clients" }}>
          {() => null}
        </Loaded>
      </Page>
    );
  }
  return (
    <Page
      title={client.data?.full_name ?? "Client"}
      about={
        <>
          Insurance, bills and documents of the client.{" "}
          <Anchor component={Link} to={at(`/people/clients/${clientId}`)} inherit underline="always">
            Sessions and contact
          </Anchor>
        </>
      }
    >
      <BillingPlaces />
      <Panel
        title="Latest records"
        actions={
          <Anchor component={Link} to={at(`/billing?client=${clientId}`)} size="sm">
            All records
          </Anchor>
        }
      >
        <Loaded query={records}>{({ items }) => <Latest records={items} />}</Loaded>
        <UnappliedCredit clientId={clientId} />
      </Panel>
      <ClientMoney key={clientId} clientId={clientId} />
      <Changes of={clientId} />
    </Page>
  );
}

function Latest({ records }: { records: readonly BillingRecord[] }) {
  const at = useAt();
  return records.length > 0 ? (
    <Table verticalSpacing={4} aria-label="Latest records">
      <Table.Tbody>
        {records.map((record) => (
          <Table.Tr key={record.id}>
            <Table.Td>
              <Anchor component={Link} to={at(`/billing/records/${record.id}`)} inherit>
                {dayInWords(record.service_date)}, {record.service_code}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <StatusTag status={record.payment_status} />
            </Table.Td>
            <Table.Td ta="right">
              <Money amount={record.balance} fw={600} /> open
              {!isNothing(record.unapplied_credit) && (
                <>
                  , <Money amount={record.unapplied_credit} fw={600} /> credit
                </>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  ) : (
    <Text size="sm" c="dimmed">
      Nothing has been billed yet.
    </Text>
  );
}
