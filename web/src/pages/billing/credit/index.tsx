// Credit: money that came in and settles nothing, record by record, until it is refunded or transferred.
import { Anchor, Group, Paper, Table, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { Link } from "react-router";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { PayerSelect } from "@/features/billing/PayerSelect";
import { ClientName } from "@/features/people/PersonName";
import { ClientSelect } from "@/features/people/PersonSelect";
import { isNothing } from "@/money";
import { dayInWords } from "@/time";
import { Empty, Money, Page, PagedList, TableHead, useAddress, useAt, usePages } from "@/ui";
import { numberInWords } from "@/ui/text";
import classes from "../Billing.module.css";
import { BillingPlaces } from "../BillingPlaces";
import { StatusTag } from "../StatusTag";

type Credit = components["schemas"]["CreditView"];
const ON_A_PAGE = 25;

export function Component() {
  const [query, put] = useAddress();
  const wanted = {
    ...(query.get("client") ? { client_id: query.get("client") as string } : {}),
    ...(query.get("payer") ? { payer_id: query.get("payer") as string } : {}),
  };
  const isNarrowed = Object.keys(wanted).length > 0;
  const pages = usePages(JSON.stringify(wanted));
  const { cursor } = pages;
  const credits = api.useQuery(
    "get",
    "/api/billing/credits",
    { params: { query: { ...wanted, limit: ON_A_PAGE, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Page
      title="Credit"
      about="Records with unapplied credit, the oldest first. Refund it, or transfer it to another record."
    >
      <BillingPlaces />
      <Group gap="sm" role="search" aria-label="Credit" align="flex-end">
        <ClientSelect
          label="Client"
          placeholder="All clients"
          value={wanted.client_id ?? null}
          onChange={(value) => put({ client: value })}
          style={{ flex: "1 1 200px", maxWidth: 320 }}
        />
        <PayerSelect
          label="Payer"
          placeholder="All payers"
          value={wanted.payer_id ?? null}
          onChange={(value) => put({ payer: value })}
          clearable
          style={{ flex: "1 1 200px", maxWidth: 320 }}
        />
      </Group>
      <PagedList
        query={credits}
        pages={pages}
        order="oldest first"
        empty={
          <Empty title="No credit">
            {isNarrowed ? "No record of this choice has credit." : "Every payment is applied or refunded."}
          </Empty>
        }
        total={({ count, total_amount }) => (
          <>
            {numberInWords(count)} {count === 1 ? "record" : "records"}, credit <Money amount={total_amount} />
          </>
        )}
      >
        {(items) => <CreditTable credits={items} />}
      </PagedList>
    </Page>
  );
}

function CreditTable({ credits }: { credits: readonly Credit[] }) {
  const at = useAt();
  return (
    <Paper withBorder>
      <Table verticalSpacing="xs" aria-label="Credit">
        <TableHead
          columns={[
            "Record",
            "Client",
            { name: "Payer", visibleFrom: "sm" },
            { name: "Client's", className: classes.amount },
            { name: "Insurer's", className: classes.amount },
            { name: "Status", visibleFrom: "sm" },
            "Next step",
          ]}
        />
        <Table.Tbody>
          {credits.map((credit) => {
            const record = `/billing/records/${credit.record_id}`;
            return (
              <Table.Tr key={credit.record_id}>
                <Table.Td>
                  <Anchor component={Link} to={at(record)} inherit>
                    {credit.service_code}, {dayInWords(credit.service_date)}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={at(`/billing/clients/${credit.client_id}`)} inherit>
                    <ClientName clientId={credit.client_id} />
                  </Anchor>
                </Table.Td>
                <Table.Td visibleFrom="sm">{credit.payer_name ?? "–"}</Table.Td>
                <Table.Td className={classes.amount ?? ""}>{amountOf(credit.client_credit)}</Table.Td>
                <Table.Td className={classes.amount ?? ""}>{amountOf(credit.insurer_credit)}</Table.Td>
                <Table.Td visibleFrom="sm">
                  <StatusTag status={credit.payment_status} />
                  {credit.counting_record_id && (
                    <Text size="xs">
                      <Anchor component={Link} to={at(`/billing/records/${credit.counting_record_id}`)} inherit>
                        record that counts now
                      </Anchor>
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap={10}>
                    <Anchor component={Link} to={at(`${record}?step=refund`)} inherit>
                      Refund
                    </Anchor>
                    <Anchor component={Link} to={at(`${record}?step=credit`)} inherit>
                      Transfer
                    </Anchor>
                  </Group>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function amountOf(amount: string) {
  return isNothing(amount) ? "–" : <Money amount={amount} fw={600} />;
}
