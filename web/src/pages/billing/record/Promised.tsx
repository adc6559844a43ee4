import { Table, Text } from "@mantine/core";
import { api, type BillingRecord, type Quote } from "@/api";
import { cents, isNothing, ofCents } from "@/money";
import { Loaded, Money, Panel, TableHead } from "@/ui";
import classes from "../Billing.module.css";
import { isMoved, PARTS, type Shares, sharesOf } from "./shares";
import { useLedger } from "./useLedger";

/** What the client was quoted when the session was booked, beside what was billed. */
export function Promised({ record }: { record: BillingRecord }) {
  const quotes = api.useQuery("get", "/api/billing/sessions/{session_id}/quotes", {
    params: { path: { session_id: record.session_id } },
  });
  return (
    <Panel title="Quoted and billed" about="The quote at booking compared with the bill.">
      <Loaded query={quotes}>
        {({ items: found }) => {
          const quote = found.find(({ client_id }) => client_id === record.client_id);
          return quote ? (
            <Compared quote={quote} record={record} />
          ) : (
            <Text size="sm" c="dimmed">
              This session was booked without a quote.
            </Text>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Compared({ quote, record }: { quote: Quote; record: BillingRecord }) {
  const ledger = useLedger(record.id);
  const now = sharesOf(record, ledger.data?.shares);
  const differs =
    record.total_amount !== quote.total_amount ||
    PARTS.some(([, part]) => quotedOf(quote, part) !== billedOf(record, part));
  return (
    <>
      <Parts quote={quote} record={record} now={isMoved(record, now) ? now : null} />
      {now.is_answered && isMoved(record, now) && (
        <Text size="sm">The insurer's answer differs from what was billed.</Text>
      )}
      {differs && <Why record={record} />}
    </>
  );
}

/** Why the bill is not what was promised, as the report of differences has it. */
function Why({ record }: { record: BillingRecord }) {
  const day = record.service_date;
  const report = api.useQuery("get", "/api/billing/reports/variance", { params: { query: { from: day, to: day } } });
  const row =
    report.data && typeof report.data !== "string"
      ? report.data.rows.find(({ record_id }) => record_id === record.id)
      : undefined;
  return row?.why && <Text size="sm">It differs because {String(row.why)}.</Text>;
}

interface PartsProps {
  readonly quote: Quote;
  readonly record: BillingRecord;
  /** Who bears what by now, where that is not as billed. */
  readonly now: Shares | null;
}

function Parts({ quote, record, now }: PartsProps) {
  const shown = PARTS.filter(([, part]) => part !== "written_off" || (now && !isNothing(now.written_off)));
  const rows = [
    ["Charge", quote.total_amount, record.total_amount, record.total_amount],
    ...shown.map(([name, part]) => {
      const billed = billedOf(record, part);
      return [name, quotedOf(quote, part), billed, now?.[part] ?? billed] as const;
    }),
  ] as const;
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing={4} horizontalSpacing={6} fz={{ base: "xs", sm: "sm" }} aria-label="Quoted and billed">
        <TableHead
          columns={[
            "Part",
            { name: "Quoted", className: classes.amount },
            { name: "Billed", className: classes.amount },
            now ? { name: "Now", className: classes.amount } : false,
            { name: "Difference", className: classes.amount },
          ]}
        />
        <Table.Tbody>
          {rows.map(([name, quoted, billed, by_now]) => {
            const difference = cents(by_now) - cents(quoted);
            return (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td className={classes.amount ?? ""}>
                  <Money amount={quoted} />
                </Table.Td>
                <Table.Td className={classes.amount ?? ""}>
                  <Money amount={billed} />
                </Table.Td>
                {now && (
                  <Table.Td className={classes.amount ?? ""}>
                    <Money amount={by_now} />
                  </Table.Td>
                )}
                <Table.Td className={classes.amount ?? ""}>
                  {difference === 0n ? "–" : <Money amount={ofCents(difference)} fw={600} />}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type Part = (typeof PARTS)[number][1];

function billedOf(record: BillingRecord, part: Part): string {
  return sharesOf(record, undefined)[part];
}

/** Nothing is written off in a quote. */
function quotedOf(quote: Quote, part: Part): string {
  return part === "written_off" ? "0.00" : quote[part];
}
