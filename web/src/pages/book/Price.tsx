// What it will cost and who owes what, by the very computation that makes the bill.
import { Table, Text } from "@mantine/core";
import { api, type PricePreview, type SeriesPrice } from "@/api";
import { useClients } from "@/features/people/names";
import { useService } from "@/features/services/names";
import { type Day, dayInWords } from "@/time";
import { Loaded, Money } from "@/ui";
import type { BookingRequest } from "./bookingRequest";
import { Panel } from "./Panel";
import { FlagNotice, Parts, Row, Terms, WhoOwes } from "./PriceParts";
import { flagsOf, runsOf } from "./seriesPrice";

/** Whose price is shown besides the first client's. */
const OTHERS_AT_MOST = 12;

interface PriceProps {
  readonly wanted: BookingRequest;
  /** The days of the sessions: one, or those of a series that can be booked; none while they are not known. */
  readonly days: readonly Day[];
  /** Whether it is still to come who is insured: until then nobody knows who owes what. */
  readonly awaitsCoverage: boolean;
}

/** The price of a session; of a series, that of all of its sessions, each priced by what those before it leave of the client's plan. */
export function Price({ wanted, days, awaitsCoverage }: PriceProps) {
  const { serviceId, clientId, others, insurance } = wanted;
  const dates = [...days].sort();
  const service = useService(serviceId);
  const isBilledEach = others.length > 0 && service?.billed_per !== "session";
  const shown = isBilledEach ? others.slice(0, OTHERS_AT_MOST) : [];
  const priced = { service_id: serviceId, insurance_applicable: insurance ?? false };
  const isAsked = serviceId !== null && !awaitsCoverage && dates.length > 0;
  const price = api.useQuery(
    "post",
    "/api/billing/preview",
    { body: { ...priced, date: dates[0] ?? wanted.day, ...(clientId ? { client_id: clientId } : {}) } },
    { placeholderData: (before) => before, enabled: isAsked },
  );
  const needsSeries = wanted.repeats !== null || shown.length > 0;
  const series = api.useQuery(
    "post",
    "/api/billing/series/preview",
    { body: { ...priced, dates, client_ids: clientId ? [clientId, ...shown] : shown } },
    { placeholderData: (before) => before, enabled: isAsked && needsSeries },
  );
  const [first] = useClients(clientId && others.length > 0 ? [clientId] : []);
  if (serviceId === null) {
    return null;
  }
  if (dates.length === 0) {
    return (
      <Panel title="Price">
        <Text size="sm" c="dimmed">
          Enter what is missing to see the price.
        </Text>
      </Panel>
    );
  }
  const items = series.data?.items ?? [];
  return (
    <Panel
      title="Price"
      busy={price.isFetching || series.isFetching || awaitsCoverage}
      outdated={price.isPlaceholderData || series.isPlaceholderData || awaitsCoverage}
    >
      <Loaded query={price}>
        {(quote) => (
          <>
            {wanted.repeats ? (
              <Loaded query={series}>
                {({ items: [whole] }) =>
                  whole && <OfSeries whole={whole} code={quote.service_code} name={first?.name} />
                }
              </Loaded>
            ) : (
              <OfSession quote={quote} name={first?.name} />
            )}
            {others.length > 0 &&
              (service?.billed_per === "session" ? (
                <Text size="sm">Billed once for the session, to {first?.name ?? "the first client"}.</Text>
              ) : (
                <OthersOwe
                  clients={shown}
                  prices={items}
                  isUnknown={series.error !== null}
                  more={others.length - shown.length}
                  inAll={wanted.repeats !== null}
                />
              ))}
            <Terms {...quote} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** What is shown of a client; the name is there where there are several. */
function OfSession({ quote, name }: { quote: PricePreview; name: string | undefined }) {
  return (
    <>
      <WhoOwes
        what={`${quote.service_code}, rate on ${dayInWords(quote.service_date)}`}
        shares={quote}
        isCovered={quote.insurance_covered}
        who={`${name ?? "The client"} owes`}
      />
      {quote.flags.map((flag) => (
        <FlagNotice key={flag.code} flag={flag} name={name} />
      ))}
    </>
  );
}

function OfSeries({ whole, code, name }: { whole: SeriesPrice; code: string; name: string | undefined }) {
  const { visits } = whole;
  const runs = runsOf(visits);
  const isCovered = visits.some(({ insurance_covered }) => insurance_covered);
  const begins = visits[0]?.service_date;
  return (
    <>
      <WhoOwes
        what={`${code}, ${visits.length} ${visits.length === 1 ? "session" : "sessions"}`}
        shares={whole}
        isCovered={isCovered}
        who={`${name ?? "The client"} owes in all`}
      />
      <Table verticalSpacing={4} withRowBorders={false} aria-label="Owed for each session">
        <Table.Tbody>
          {runs.map(({ first, last, count, each }) => (
            <Row
              key={first}
              what={
                <>
                  {count === 1
                    ? dayInWords(first)
                    : `Each of ${count} sessions, ${dayInWords(first)} to ${dayInWords(last)}`}
                  , rate <Money amount={each.rate_per_unit} />
                  {isCovered && <Parts {...each} />}
                </>
              }
              amount={each.patient_amount}
            />
          ))}
        </Table.Tbody>
      </Table>
      {isCovered && (
        <Text size="sm">
          Each session uses up what those before it leave of the plan. Sessions that are booked already are not counted.
        </Text>
      )}
      {flagsOf(visits).map(({ flag, since }) => (
        <FlagNotice
          key={flag.code}
          flag={flag}
          name={name}
          {...(since === begins ? {} : { since: `from ${dayInWords(since)}` })}
        />
      ))}
    </>
  );
}

interface OthersOweProps {
  readonly clients: readonly string[];
  readonly prices: readonly SeriesPrice[];
  readonly isUnknown: boolean;
  /** How many further clients there are. */
  readonly more: number;
  readonly inAll: boolean;
}

/** What each of the other clients of a group owes. */
function OthersOwe({ clients, prices, isUnknown, more, inAll }: OthersOweProps) {
  const names = useClients(clients);
  return (
    <>
      <Text size="sm">Each of the {clients.length + more + 1} clients is billed.</Text>
      <Table verticalSpacing={4} withRowBorders={false}>
        <Table.Tbody>
          {names.map(({ id, name }) => {
            const price = prices.find(({ client_id }) => client_id === id);
            return (
              <Table.Tr key={id}>
                <Table.Td>
                  {name} owes{inAll && " in all"}
                </Table.Td>
                <Table.Td ta="right">
                  {price ? <Money amount={price.patient_amount} /> : isUnknown ? "not known" : "…"}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {names.flatMap(({ id, name }) =>
        flagsOf(prices.find(({ client_id }) => client_id === id)?.visits ?? []).map(({ flag }) => (
          <FlagNotice key={`${id} ${flag.code}`} flag={flag} name={name} />
        )),
      )}
      {more > 0 && (
        <Text size="sm" c="dimmed">
          and {more} more, by their own insurance
        </Text>
      )}
    </>
  );
}
