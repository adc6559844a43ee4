// What it will cost and who owes what, by the very computation that makes the bill.
import { Alert, Collapse, List, Table, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { api } from "@/api";
import { useClients } from "@/features/people/names";
import { useService } from "@/features/services/names";
import { inDollars, isNothing } from "@/money";
import { type Day, dayInWords, durationInWords } from "@/time";
import { Loaded, Money } from "@/ui";
import { type AtOneRate, type BookingRequest, partedByRate } from "./bookingRequest";
import { Panel } from "./Panel";

const RATES_AT_MOST = 200;

interface PriceProps {
  readonly wanted: BookingRequest;
  /** The days of the sessions: one, or those of a series that can be booked. */
  readonly days: readonly Day[];
}

/** The price of a session; of a series, that of each session, for each rate that its days have. */
export function Price({ wanted, days }: PriceProps) {
  const rates = api.useQuery(
    "get",
    "/api/catalog/services/{service_id}/rates",
    { params: { path: { service_id: wanted.serviceId ?? "" }, query: { limit: RATES_AT_MOST } } },
    { enabled: wanted.serviceId !== null && days.length > 1 },
  );
  if (wanted.serviceId === null) {
    return null;
  }
  // Until the rates are known, nothing is shown of later days.
  const known = rates.data ? days : days.slice(0, 1);
  return partedByRate(known, rates.data?.items ?? []).map((span, index) => (
    <PriceOf key={index === 0 ? "first" : span.first} wanted={wanted} span={span} isFirst={index === 0} />
  ));
}

function PriceOf({ wanted, span, isFirst }: { wanted: BookingRequest; span: AtOneRate; isFirst: boolean }) {
  const price = api.useQuery(
    "post",
    "/api/billing/preview",
    {
      body: {
        service_id: wanted.serviceId,
        date: span.first,
        insurance_applicable: wanted.insurance ?? false,
        ...(wanted.clientId ? { client_id: wanted.clientId } : {}),
      },
    },
    { placeholderData: (before) => before },
  );
  const [opened, { toggle }] = useDisclosure(false);
  const service = useService(wanted.serviceId);
  const [first] = useClients(wanted.clientId && wanted.others.length > 0 ? [wanted.clientId] : []);
  const each = wanted.repeats ? ", each session" : "";
  return (
    <Panel
      title={isFirst ? "Price" : `Price from ${dayInWords(span.first)}`}
      busy={price.isFetching}
      outdated={price.isPlaceholderData}
    >
      <Loaded query={price}>
        {(quote) => (
          <>
            <Table verticalSpacing={4} withRowBorders={false}>
              <Table.Tbody>
                <Row
                  what={`${quote.service_code}, rate ${
                    span.first === span.last
                      ? `on ${dayInWords(quote.service_date)}`
                      : `from ${dayInWords(quote.service_date)} to ${dayInWords(span.last)}`
                  }`}
                  amount={quote.total_amount}
                />
                {!isNothing(quote.contractual_adjustment) && (
                  <Row what="contractual adjustment" amount={`-${quote.contractual_adjustment}`} />
                )}
                {!isNothing(quote.other_adjustment) && <Row what="discount" amount={`-${quote.other_adjustment}`} />}
                {quote.insurance_covered && <Row what="insurance pays" amount={quote.insurance_amount} />}
                <Table.Tr>
                  <Table.Td>
                    <Text fw={700}>
                      {first?.name ?? "The client"} owes{each}
                    </Text>
                    {quote.insurance_covered && <Parts {...quote} />}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Money amount={quote.patient_amount} fw={700} fz={18} />
                  </Table.Td>
                </Table.Tr>
              </Table.Tbody>
            </Table>
            {wanted.others.length > 0 && (
              <Text size="sm">
                {service?.billed_per === "session"
                  ? "Billed once for the session, to this client."
                  : `Each of the ${wanted.others.length + 1} clients is billed; what the others owe depends on their own insurance.`}
              </Text>
            )}
            {quote.flags.map(({ code, severity, message, suggestion }) => (
              <Alert key={code} color={severity === "info" ? "gray" : "yellow"} p="xs">
                <Text size="sm">
                  {message} <b>{suggestion}</b>
                </Text>
              </Alert>
            ))}
            <Text size="sm" c="dimmed">
              {policyInWords(quote.cancellation)}
            </Text>
            <UnstyledButton onClick={toggle} aria-expanded={opened} fz="sm" c="var(--mantine-color-anchor)">
              {opened ? "Hide assumptions" : "Show assumptions"}
            </UnstyledButton>
            <Collapse expanded={opened}>
              <List size="sm">
                {quote.assumptions.map(({ name, value, detail }) => (
                  <List.Item key={`${name} ${value}`}>
                    {name.replaceAll("_", " ")}: <b>{value}</b>, {detail}
                  </List.Item>
                ))}
              </List>
            </Collapse>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Row({ what, amount }: { what: string; amount: string }) {
  return (
    <Table.Tr>
      <Table.Td>{what}</Table.Td>
      <Table.Td ta="right">
        <Money amount={amount} />
      </Table.Td>
    </Table.Tr>
  );
}

interface Owed {
  readonly copay_amount: string;
  readonly deductible_amount: string;
  readonly coinsurance_amount: string;
}

function Parts({ copay_amount, deductible_amount, coinsurance_amount }: Owed) {
  const parts = [
    ["copay", copay_amount],
    ["deductible", deductible_amount],
    ["coinsurance", coinsurance_amount],
  ].filter(([, amount]) => amount && !isNothing(amount));
  return (
    <Text size="sm" c="dimmed">
      {parts.map(([name, amount], index) => (
        <span key={name}>
          {index > 0 && ", "}
          {name} <Money amount={amount ?? "0.00"} />
        </span>
      ))}
    </Text>
  );
}

interface Policy {
  readonly late_within_minutes: number | null;
  readonly late_cancellation_fee: string | null;
  readonly no_show_fee: string | null;
  readonly detail: string;
}

function policyInWords({ late_within_minutes, late_cancellation_fee, no_show_fee, detail }: Policy): string {
  const late = late_within_minutes !== null && late_cancellation_fee && !isNothing(late_cancellation_fee);
  const missed = no_show_fee && !isNothing(no_show_fee);
  const parts = [
    late ? `Cancelled within ${durationInWords(late_within_minutes)}: ${inDollars(late_cancellation_fee)}.` : "",
    missed ? `No-show: ${inDollars(no_show_fee)}.` : "",
  ].filter(Boolean);
  return parts.length ? `${parts.join(" ")} Insurance does not cover these fees.` : detail;
}
