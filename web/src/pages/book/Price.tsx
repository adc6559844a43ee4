// What it will cost and who owes what, by the very computation that makes the bill.
import { Alert, Collapse, List, Table, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { api, type PricePreview } from "@/api";
import { useClients } from "@/features/people/names";
import { useService } from "@/features/services/names";
import { inDollars, isNothing } from "@/money";
import { type Day, dayInWords, durationInWords } from "@/time";
import { Loaded, Money } from "@/ui";
import { type AtOneRate, type BookingRequest, partedByRate } from "./bookingRequest";
import { Panel } from "./Panel";

const RATES_AT_MOST = 200;
/** Whose price is shown besides the first client's; each is one request. */
const OTHERS_AT_MOST = 12;

interface PriceProps {
  readonly wanted: BookingRequest;
  /** The days of the sessions: one, or those of a series that can be booked. */
  readonly days: readonly Day[];
  /** Whether it is still to come who is insured: until then nobody knows who owes what. */
  readonly awaitsCoverage: boolean;
}

/** The price of a session; of a series, that of each session, for each rate that its days have. */
export function Price({ wanted, days, awaitsCoverage }: PriceProps) {
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
    <PriceOf
      key={index === 0 ? "first" : span.first}
      wanted={wanted}
      span={span}
      isFirst={index === 0}
      awaitsCoverage={awaitsCoverage}
    />
  ));
}

interface PriceOfProps extends Pick<PriceProps, "wanted" | "awaitsCoverage"> {
  readonly span: AtOneRate;
  readonly isFirst: boolean;
}

function PriceOf({ wanted, span, isFirst, awaitsCoverage }: PriceOfProps) {
  const price = api.useQuery("post", "/api/billing/preview", previewFor(wanted, wanted.clientId, span.first), {
    placeholderData: (before) => before,
    enabled: !awaitsCoverage,
  });
  const [opened, { toggle }] = useDisclosure(false);
  const service = useService(wanted.serviceId);
  const [first] = useClients(wanted.clientId && wanted.others.length > 0 ? [wanted.clientId] : []);
  const each = wanted.repeats ? ", each session" : "";
  return (
    <Panel
      title={isFirst ? "Price" : `Price from ${dayInWords(span.first)}`}
      busy={price.isFetching || awaitsCoverage}
      outdated={price.isPlaceholderData || awaitsCoverage}
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
                      {first?.name ?? "The client"} owes{usesUp(wanted, quote) ? ", the first session" : each}
                    </Text>
                    {quote.insurance_covered && <Parts {...quote} />}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Money amount={quote.patient_amount} fw={700} fz={18} />
                  </Table.Td>
                </Table.Tr>
              </Table.Tbody>
            </Table>
            {usesUp(wanted, quote) && (
              <Text size="sm">
                The first sessions use up what remains of the deductible; the client owes less for those after them.
                Each is billed by what remains when it takes place.
              </Text>
            )}
            {wanted.others.length > 0 &&
              (service?.billed_per === "session" ? (
                <Text size="sm">Billed once for the session, to this client.</Text>
              ) : (
                <OthersOwe wanted={wanted} day={span.first} />
              ))}
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

/** What each of the other clients of a group owes. */
function OthersOwe({ wanted, day }: { wanted: BookingRequest; day: Day }) {
  const shown = wanted.others.slice(0, OTHERS_AT_MOST);
  const names = useClients(shown);
  const prices = useQueries({
    queries: shown.map((id) => api.queryOptions("post", "/api/billing/preview", previewFor(wanted, id, day))),
  });
  return (
    <>
      <Text size="sm">Each of the {wanted.others.length + 1} clients is billed.</Text>
      <Table verticalSpacing={4} withRowBorders={false}>
        <Table.Tbody>
          {names.map(({ id, name }, index) => {
            const { data, error } = prices[index] ?? {};
            return (
              <Table.Tr key={id}>
                <Table.Td>{name} owes</Table.Td>
                <Table.Td ta="right">
                  {data ? <Money amount={data.patient_amount} /> : error ? "not known" : "…"}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {wanted.others.length > shown.length && (
        <Text size="sm" c="dimmed">
          and {wanted.others.length - shown.length} more, by their own insurance
        </Text>
      )}
    </>
  );
}

function previewFor({ serviceId, insurance }: BookingRequest, clientId: string | null, date: Day) {
  return {
    body: {
      service_id: serviceId,
      date,
      insurance_applicable: insurance ?? false,
      ...(clientId ? { client_id: clientId } : {}),
    },
  };
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

/** Whether a session of a series takes from the deductible what the next ones then no longer owe. */
function usesUp({ repeats }: BookingRequest, { insurance_covered, deductible_amount }: PricePreview): boolean {
  return repeats !== null && insurance_covered && !isNothing(deductible_amount ?? "0.00");
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
