// Claims: which records may be claimed and what speaks against them, and what became of those that were sent.
import { Anchor, Group, Paper, Select, Table, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, type Claim } from "@/api";
import { Empty, Money, Page, Pager, Panel, Shown, Tag, useAddress, usePages } from "@/parts";
import { useAt } from "@/site";
import { dayInWords } from "@/time";
import classes from "../Billing.module.css";
import { BillingPlaces } from "../BillingPlaces";
import { CLAIMS, FREQUENCIES, optionsOf } from "../words";
import { Ready } from "./Ready";
import { Rejected } from "./Rejected";

const ON_A_PAGE = 25;

export function Component() {
  return (
    <Page title="Claims" about="Insured records are checked and claimed together in one file.">
      <BillingPlaces />
      <Ready />
      <Sent />
    </Page>
  );
}

function Sent() {
  const [query, put] = useAddress();
  const status = optionsOf(CLAIMS).find(({ value }) => value === query.get("status"))?.value ?? null;
  const pages = usePages(status ?? "");
  const { cursor } = pages;
  const claims = api.useQuery(
    "get",
    "/api/billing/claims",
    { params: { query: { limit: ON_A_PAGE, ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Panel
      title="Sent"
      actions={
        <Select
          aria-label="Status"
          placeholder="Any status"
          data={optionsOf(CLAIMS)}
          value={status}
          onChange={(value) => put({ status: value })}
          clearable
          w={210}
        />
      }
    >
      <Shown query={claims}>
        {({ items, next_cursor }) =>
          items.length > 0 ? (
            <>
              <ClaimTable claims={items} />
              <Pager pages={pages} next={next_cursor} backName="Newer" nextName="Older" />
            </>
          ) : (
            <Empty title={status ? "No claim has this status" : "No claim has been sent yet"} />
          )
        }
      </Shown>
    </Panel>
  );
}

export function ClaimTable({ claims }: { claims: readonly Claim[] }) {
  const at = useAt();
  return (
    <Paper withBorder>
      <Table verticalSpacing="xs" aria-label="Claims">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Claim</Table.Th>
            <Table.Th visibleFrom="sm">Date of service</Table.Th>
            <Table.Th className={classes.amount}>Charge</Table.Th>
            <Table.Th visibleFrom="md">Payer's number</Table.Th>
            <Table.Th>Status</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {claims.map((claim) => (
            <Table.Tr key={claim.id}>
              <Table.Td>
                <Anchor component={Link} to={at(`/billing/claims/${claim.batch_id}`)} inherit fw={600}>
                  {claim.control_number}
                </Anchor>
                <Text size="xs" c="dimmed" component="div">
                  <Group gap={4}>
                    {FREQUENCIES[claim.frequency]} ·
                    <Anchor
                      component={Link}
                      to={at(`/billing/records/${claim.record_id}`)}
                      className={classes.small ?? ""}
                    >
                      record
                    </Anchor>
                  </Group>
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">{dayInWords(claim.service_date)}</Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={claim.total_amount} />
              </Table.Td>
              <Table.Td visibleFrom="md">{claim.payer_reference ?? "–"}</Table.Td>
              <Table.Td>
                <Tag tone={CLAIMS[claim.status][1]}>{CLAIMS[claim.status][0]}</Tag>
                <Rejected claim={claim} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
