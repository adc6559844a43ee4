import { Table, Text } from "@mantine/core";
import { api, type BillingRecord, type Quote } from "@/api";
import { cents, ofCents } from "@/money";
import { Money, Panel, Shown } from "@/parts";
import classes from "../Billing.module.css";

const COMPARED = [
  ["Charge", "total_amount"],
  ["Contractual adjustment", "contractual_adjustment"],
  ["Discounts", "other_adjustment"],
  ["Insurer's part", "insurance_amount"],
  ["Client's part", "patient_amount"],
] as const;

/** What the client was told when the session was booked, beside what was billed. */
export function Promised({ record }: { record: BillingRecord }) {
  const quotes = api.useQuery("get", "/api/billing/sessions/{session_id}/quotes", {
    params: { path: { session_id: record.session_id } },
  });
  return (
    <Panel title="Quoted and billed" about="The quote at booking beside the bill.">
      <Shown query={quotes}>
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
      </Shown>
    </Panel>
  );
}

function Compared({ quote, record }: { quote: Quote; record: BillingRecord }) {
  const differs = COMPARED.some(([, field]) => record[field] !== quote[field]);
  return (
    <>
      <Parts quote={quote} record={record} />
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

function Parts({ quote, record }: { quote: Quote; record: BillingRecord }) {
  return (
    <Table verticalSpacing={4} aria-label="Quoted and billed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Part</Table.Th>
          <Table.Th className={classes.amount}>Quoted</Table.Th>
          <Table.Th className={classes.amount}>Billed</Table.Th>
          <Table.Th className={classes.amount}>Difference</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {COMPARED.map(([name, field]) => {
          const difference = cents(record[field]) - cents(quote[field]);
          return (
            <Table.Tr key={field}>
              <Table.Td>{name}</Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={quote[field]} />
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={record[field]} />
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                {difference === 0n ? "–" : <Money amount={ofCents(difference)} fw={600} />}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
