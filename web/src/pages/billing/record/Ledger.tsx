import { Anchor, Table, Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { Link } from "react-router";
import { api, type BillingRecord } from "@/api";
import { type DocumentLink, useDocument } from "@/features/billing/Document";
import { whoInWords } from "@/features/people/names";
import { useNetworkZone } from "@/features/site";
import { dayInWords, momentInWords } from "@/time";
import { Loaded, Money, Panel, TableHead, useAt } from "@/ui";
import classes from "../Billing.module.css";
import { METHODS, type Posting } from "../labels";
import { accountInWords, daysOf, otherRecordOf, postingInWords, receiptOf } from "./postings";
import { Reverse } from "./Reverse";
import { useLedger } from "./useLedger";

/** All that happened to a record's money, oldest first; nothing of it is ever changed. */
export function Ledger({ record }: { record: BillingRecord }) {
  const ledger = useLedger(record.id);
  const zone = useNetworkZone();
  const documents = useDocument({ clientId: record.client_id });
  return (
    <Panel title="Ledger" about="All postings, oldest first. Corrections are separate postings.">
      {documents.notice}
      <Loaded query={ledger}>
        {({ items }) => (
          <Table verticalSpacing={6} aria-label="Ledger">
            <TableHead
              columns={[
                { name: "Posted", visibleFrom: "sm" },
                { name: "Received", visibleFrom: "md" },
                { name: "Deposited", visibleFrom: "md" },
                "What",
                "Amounts",
              ]}
            />
            <Table.Tbody>
              {items.map((posting) => (
                <Row key={posting.id} posting={posting} record={record} documents={documents} zone={zone} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}

interface AboutProps {
  readonly posting: Posting;
  readonly record: BillingRecord;
  readonly documents: DocumentLink;
}

function Row({ posting, record, documents, zone }: AboutProps & { readonly zone: string }) {
  const [received, deposited] = daysOf(posting, zone);
  return (
    <Table.Tr>
      <Table.Td visibleFrom="sm">
        <span className={classes.day}>{momentInWords(posting.posted_at, zone)}</span>
        <Text size="xs" c="dimmed">
          {whoInWords(posting.posted_by)}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md" className={classes.day ?? ""}>
        {received && dayInWords(received)}
      </Table.Td>
      <Table.Td visibleFrom="md" className={classes.day ?? ""}>
        {deposited && dayInWords(deposited)}
      </Table.Td>
      <Table.Td>
        {postingInWords(posting)}
        <About posting={posting} record={record} documents={documents} />
        <Text size="xs" c="dimmed" hiddenFrom="sm">
          Posted {momentInWords(posting.posted_at, zone)}, {whoInWords(posting.posted_by)}
        </Text>
        {(received || deposited) && (
          <Text size="xs" c="dimmed" hiddenFrom="md">
            {[received && `Received ${dayInWords(received)}`, deposited && `Deposited ${dayInWords(deposited)}`]
              .filter(Boolean)
              .join(", ")}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Moved posting={posting} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What else is known of a posting, and what can be done with it. */
function About({ posting, record, documents }: AboutProps) {
  const other = otherRecordOf(posting);
  const receipt = receiptOf(posting);
  const facts: readonly ReactNode[] = [
    posting.method && METHODS[posting.method],
    other ? <OtherRecord key={other} recordId={other} /> : posting.reference,
    // Of a rejection it has the codes of the answer, which stand with the claim in words.
    posting.kind !== "rejection" && posting.reason,
  ].filter(Boolean);
  return (
    <Text size="xs" c="dimmed" component="div">
      {facts.map((fact, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what is known of a posting never changes
        <Fragment key={place}>
          {place > 0 && " · "}
          {fact}
        </Fragment>
      ))}{" "}
      {receipt && (
        <Anchor
          {...documents.link({ href: `/api/billing/records/${record.id}/receipts/${posting.id}.pdf` })}
          className={classes.small ?? ""}
        >
          {receipt}
        </Anchor>
      )}{" "}
      {posting.is_reversible && <Reverse record={record} posting={posting} />}
    </Text>
  );
}

/** The record that credit came from or went to, by its service and day. */
function OtherRecord({ recordId }: { recordId: string }) {
  const at = useAt();
  const other = api.useQuery("get", "/api/billing/records/{record_id}", { params: { path: { record_id: recordId } } });
  return (
    <Anchor component={Link} to={at(`/billing/records/${recordId}`)} className={classes.small ?? ""}>
      {other.data ? `${other.data.service_code} on ${dayInWords(other.data.service_date)}` : "the other record"}
    </Anchor>
  );
}

function Moved({ posting: { kind, entries } }: { posting: Posting }) {
  return entries.length > 0 ? (
    <Text size="sm" component="span">
      {entries.map(({ account, amount }, place) => (
        <Fragment key={account}>
          {place > 0 && ", "}
          <span className={classes.amount}>
            {accountInWords(kind, account)} <Money amount={amount} />
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
