// What was quoted at the booking, and what was billed: beside each other, because clients compare them.
import { Anchor, Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { api, type BillingRecord, type PaymentStatus, type Quote, retryMs, type Session } from "@/api";
import { CLAIMS_HASH } from "@/features/billing/claims";
import { UnappliedCredit } from "@/features/billing/UnappliedCredit";
import type { Named } from "@/features/people/names";
import { useService } from "@/features/services/names";
import { isNothing } from "@/money";
import { Loaded, Money, Panel, TableHead, Tag, type Tone, useAt } from "@/ui";
import { adjustmentsOf } from "./adjustments";

const LOOK_MS = 1000;
/** After this a quote that is missing is shown as missing. */
const LOOK_FOR_MS = 30_000;

const KINDS: Readonly<Record<BillingRecord["kind"], string>> = {
  session: "Session",
  no_show: "No-show",
  late_cancellation: "Late cancellation",
};

const STATUSES: Readonly<Record<PaymentStatus, readonly [string, Tone]>> = {
  pending: ["pending", "waiting"],
  submitted: ["claim sent", "waiting"],
  partially_paid: ["partly paid", "attention"],
  paid: ["paid", "good"],
  denied: ["denied", "bad"],
  written_off: ["written off", "over"],
  refunded: ["refunded", "over"],
  voided: ["voided", "over"],
};

export function Costs({ session, clients }: { session: Session; clients: readonly Named[] }) {
  const looksUntil = useLooksUntil(session.status);
  const quotes = api.useQuery(
    "get",
    "/api/billing/sessions/{session_id}/quotes",
    { params: { path: { session_id: session.id } } },
    {
      // No event announces a quote: that of a session that is booked again is made a moment later.
      refetchInterval: ({ state }) =>
        session.status === "booked" && state.data?.items.length === 0 && Date.now() < looksUntil
          ? LOOK_MS
          : retryMs(state),
    },
  );
  const awaited = session.status === "completed";
  const records = api.useQuery(
    "get",
    "/api/billing/records",
    { params: { query: { session_id: session.id } } },
    { refetchInterval: ({ state }) => (awaited && !state.data?.items.length ? LOOK_MS : retryMs(state)) },
  );
  return (
    <Panel title="Money">
      <Loaded query={records}>
        {({ items }) => (
          <>
            {items.map((record) => (
              <Billed key={record.id} record={record} name={nameOf(record.client_id, clients)} />
            ))}
            {[...new Set(items.map(({ client_id }) => client_id))].map((clientId) => (
              <UnappliedCredit key={clientId} clientId={clientId} name={nameOf(clientId, clients)} />
            ))}
            {items.length === 0 && awaited && (
              <Text size="sm" role="status">
                The bill is being created and appears here shortly.
              </Text>
            )}
          </>
        )}
      </Loaded>
      <Loaded query={quotes}>
        {({ items }) =>
          items.length > 0 && !VOID.has(session.status) ? (
            <Quoted session={session} quotes={items} clients={clients} />
          ) : (
            <Text size="sm" c="dimmed">
              {NO_QUOTE[session.status] ?? "Nothing was quoted for this session."}
            </Text>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** Until when a quote is looked for that the session has to get with this status. */
function useLooksUntil(status: Session["status"]): number {
  const [seen, setSeen] = useState(() => ({ status, until: Date.now() + LOOK_FOR_MS }));
  if (seen.status !== status) {
    setSeen({ status, until: Date.now() + LOOK_FOR_MS });
  }
  return seen.until;
}

/** With these a quote is void, also until billing has received it. */
const VOID: ReadonlySet<Session["status"]> = new Set(["cancelled", "no_show"]);

const NO_QUOTE: Readonly<Partial<Record<Session["status"], string>>> = {
  requested: "A price is quoted as soon as it is booked.",
  offered: "A price is quoted as soon as it is booked.",
  booked: "Billing has not quoted a price yet.",
  cancelled: "Cancelled; the quote is void.",
  no_show: "No-show; the quote is void.",
};

function Billed({ record, name }: { record: BillingRecord; name: string }) {
  const at = useAt();
  const [words, tone] = STATUSES[record.payment_status];
  const owed = [
    ["copay", record.copay_amount],
    ["deductible", record.deductible_amount],
    ["coinsurance", record.coinsurance_amount],
  ].filter((part): part is [string, string] => !isNothing(part[1] ?? "0.00"));
  return (
    <Stack gap={4} component="article" aria-label={`Record of ${name}`}>
      <Group justify="space-between" gap="xs">
        <Anchor
          component={Link}
          to={at(`/billing/records/${record.id}`)}
          fw={600}
          size="sm"
          underline="always"
          style={{ overflowWrap: "anywhere" }}
        >
          {KINDS[record.kind]}, {name}
        </Anchor>
        <Tag tone={tone}>{words}</Tag>
      </Group>
      <Table verticalSpacing={3} withRowBorders={false} aria-label={`Bill of ${name}`}>
        <Table.Tbody>
          {record.lines.map((line) => (
            <Amount
              key={line.service_code}
              what={line.units === 1 ? line.service_code : `${line.service_code}, ${line.units} units`}
              amount={line.amount}
            />
          ))}
          {!isNothing(record.contractual_adjustment) && (
            <Amount what="contractual adjustment" amount={`-${record.contractual_adjustment}`} />
          )}
          {!isNothing(record.other_adjustment) && <Amount what="discount" amount={`-${record.other_adjustment}`} />}
          {record.insurance_covered && <Amount what="insurance" amount={record.insurance_amount} />}
          <Amount
            what={owed.length ? `${name} (${owed.map(([part]) => part).join(", ")})` : name}
            amount={record.patient_amount}
            strong
          />
          <Amount what="open balance" amount={record.balance} strong />
        </Table.Tbody>
      </Table>
      {record.payment_status === "voided" && <Standing recordId={record.id} />}
      {record.flags.map(({ code, message, suggestion }) => (
        <Text key={code} size="sm">
          {message} <b>{suggestion}</b>
        </Text>
      ))}
    </Stack>
  );
}

/** The claims of a voided record that its insurer still has, and the way to withdraw them. */
function Standing({ recordId }: { recordId: string }) {
  const at = useAt();
  const claims = api.useQuery("get", "/api/billing/claims", {
    params: { query: { record_id: recordId, to_be_withdrawn: true } },
  });
  return claims.data?.items.map(({ id, control_number }) => (
    <Text key={id} size="sm" role="status">
      The insurer still has claim {control_number}.{" "}
      <Anchor component={Link} to={at(`/billing/records/${recordId}`) + CLAIMS_HASH} inherit underline="always">
        Withdraw the claim
      </Anchor>
    </Text>
  ));
}

function Amount({ what, amount, strong = false }: { what: string; amount: string; strong?: boolean }) {
  return (
    <Table.Tr>
      <Table.Td fw={strong ? 650 : 400}>{what}</Table.Td>
      <Table.Td ta="right" fw={strong ? 650 : 400}>
        <Money amount={amount} />
      </Table.Td>
    </Table.Tr>
  );
}

interface QuotedProps {
  readonly session: Session;
  readonly quotes: readonly Quote[];
  readonly clients: readonly Named[];
}

function Quoted({ session, quotes, clients }: QuotedProps) {
  const service = useService(session.service_id);
  // What is billed for the session as a whole is quoted to one of them.
  const later =
    service?.billed_per === "client"
      ? clients.filter(({ id }) => !quotes.some(({ client_id }) => client_id === id))
      : [];
  return (
    <Table verticalSpacing={4} horizontalSpacing={4} aria-label="Quoted at booking">
      <TableHead
        columns={[
          "Quoted at booking",
          { name: "Total", ta: "right" },
          { name: "Insurance", ta: "right" },
          { name: "Client", ta: "right" },
        ]}
      />
      <Table.Tbody>
        {quotes.map((quote) => (
          <Table.Tr key={quote.client_id}>
            <Table.Td style={{ overflowWrap: "anywhere", minWidth: "5em" }}>
              {nameOf(quote.client_id, clients)}
            </Table.Td>
            <Table.Td ta="right">
              <Money amount={quote.total_amount} />
              {adjustmentsOf(quote).map(([what, amount]) => (
                <Text key={what} size="xs" c="dimmed">
                  {what} <Money amount={`-${amount}`} />
                </Text>
              ))}
            </Table.Td>
            <Table.Td ta="right">
              <Money amount={quote.insurance_amount} />
            </Table.Td>
            <Table.Td ta="right">
              <Money amount={quote.patient_amount} />
            </Table.Td>
          </Table.Tr>
        ))}
        {later.map(({ id, name }) => (
          <Table.Tr key={id}>
            <Table.Td style={{ overflowWrap: "anywhere", minWidth: "5em" }}>{name}</Table.Td>
            <Table.Td colSpan={3} ta="right" c="dimmed">
              not quoted: added after the booking
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function nameOf(clientId: string, clients: readonly Named[]): string {
  return clients.find(({ id }) => id === clientId)?.name ?? "a client who left the group";
}
