// Credit: money that came in and settles nothing, record by record, until it is refunded or moved.
import { Anchor, Group, Paper, Table, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { Link } from "react-router";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { PayerSelect } from "@/billing/PayerSelect";
import { isNothing } from "@/money";
import { Empty, Money, Page, Pager, Shown, useAddress, usePages } from "@/parts";
import { ClientName } from "@/people/PersonName";
import { ClientSelect } from "@/people/PersonSelect";
import { useAt } from "@/site";
import { dayInWords } from "@/time";
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
      about="Records with money that settles nothing, the oldest first. Refund it, or move it to another record."
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
      <Shown query={credits}>
        {({ items, next_cursor, count, total_amount }) =>
          items.length > 0 ? (
            <>
              <CreditTable credits={items} />
              <Pager pages={pages} next={next_cursor} backName="Older" nextName="Newer">
                {count} {count === 1 ? "record" : "records"}, credit <Money amount={total_amount} />
              </Pager>
            </>
          ) : (
            <Empty title="No credit">All money that came in settles what is owed, or was refunded.</Empty>
          )
        }
      </Shown>
    </Page>
  );
}

function CreditTable({ credits }: { credits: readonly Credit[] }) {
  const at = useAt();
  return (
    <Paper withBorder>
      <Table verticalSpacing="xs" aria-label="Credit">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Record</Table.Th>
            <Table.Th>Client</Table.Th>
            <Table.Th visibleFrom="sm">Payer</Table.Th>
            <Table.Th className={classes.amount}>Client's</Table.Th>
            <Table.Th className={classes.amount}>Insurer's</Table.Th>
            <Table.Th visibleFrom="sm">Status</Table.Th>
            <Table.Th>Next step</Table.Th>
          </Table.Tr>
        </Table.Thead>
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
                      Move
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
