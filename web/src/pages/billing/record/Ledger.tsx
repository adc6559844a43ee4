import { Anchor, Table, Text } from "@mantine/core";
import { Fragment } from "react";
import { api, type BillingRecord } from "@/api";
import { useDocument } from "@/billing/Document";
import { Money, Panel, Shown } from "@/parts";
import { useNetworkZone } from "@/site";
import { dayInWords, momentInWords } from "@/time";
import classes from "../Billing.module.css";
import { ACCOUNTS, METHODS, POSTINGS, type Posting } from "../words";
import { Reverse } from "./Reverse";

/** All that happened to a record's money, oldest first; nothing of it is ever changed. */
export function Ledger({ record }: { record: BillingRecord }) {
  const ledger = api.useQuery("get", "/api/billing/records/{record_id}/ledger", {
    params: { path: { record_id: record.id } },
  });
  const zone = useNetworkZone();
  const documents = useDocument({ clientId: record.client_id });
  return (
    <Panel title="Ledger" about="All postings, oldest first. Corrections are separate postings.">
      {documents.notice}
      <Shown query={ledger}>
        {({ items }) => (
          <Table verticalSpacing={6} aria-label="Ledger">
            <Table.Thead>
              <Table.Tr>
                <Table.Th visibleFrom="sm">Posted</Table.Th>
                <Table.Th visibleFrom="md">Received</Table.Th>
                <Table.Th visibleFrom="md">Deposited</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Amounts</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((posting) => (
                <Table.Tr key={posting.id}>
                  <Table.Td visibleFrom="sm">
                    {momentInWords(posting.posted_at, zone)}
                    {posting.posted_by && (
                      <Text size="xs" c="dimmed">
                        {posting.posted_by}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td visibleFrom="md" className={classes.day ?? ""}>
                    {dayInWords(posting.received_date)}
                  </Table.Td>
                  <Table.Td visibleFrom="md" className={classes.day ?? ""}>
                    {dayInWords(posting.deposit_date)}
                  </Table.Td>
                  <Table.Td>
                    {POSTINGS[posting.kind]}
                    {posting.reverses_id && " reversed"}
                    {posting.payer && ` ${posting.kind === "claim" ? "to" : "by"} the ${posting.payer}`}
                    <Text size="xs" c="dimmed" component="div">
                      {[
                        posting.method && METHODS[posting.method],
                        posting.reference,
                        // Of a rejection it has the codes of the answer, which stand with the claim in words.
                        posting.kind !== "rejection" && posting.reason,
                      ]
                        .filter(Boolean)
                        .join(" · ")}{" "}
                      {posting.kind === "payment" && !posting.reverses_id && !reversedOf(items).has(posting.id) && (
                        <Anchor
                          {...documents.link({
                            href: `/api/billing/records/${record.id}/receipts/${posting.id}.pdf`,
                          })}
                          className={classes.small ?? ""}
                        >
                          Receipt
                        </Anchor>
                      )}{" "}
                      {posting.is_reversible && <Reverse record={record} posting={posting} />}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Moved entries={posting.entries} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Shown>
    </Panel>
  );
}

/** The postings that others take back. */
function reversedOf(items: readonly Posting[]): ReadonlySet<string | null> {
  return new Set(items.map(({ reverses_id }) => reverses_id));
}

function Moved({ entries }: { entries: Posting["entries"] }) {
  return entries.length > 0 ? (
    <Text size="sm" component="span">
      {entries.map(({ account, amount }, place) => (
        <Fragment key={account}>
          {place > 0 && ", "}
          <span className={classes.amount}>
            {ACCOUNTS[account]} <Money amount={amount} />
          </span>
        </Fragment>
      ))}
    </Text>
  ) : (
    <Text size="sm" c="dimmed">
      no amount
    </Text>
  );
}
