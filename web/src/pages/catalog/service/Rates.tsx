// What a service cost, costs and will cost: a picture, and a table with the same and who decided it.

import { Button, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendarDollar } from "@tabler/icons-react";
import { useState } from "react";
import { api, type Rate, type Service } from "@/api";
import { byWhom } from "@/features/people/names";
import { useSites } from "@/features/site";
import { asDifference, cents, ofCents } from "@/money";
import { type Day, dayInWords, dayOf, momentInWords, today } from "@/time";
import { Loaded, Money, Panel, TableHead, Tag, type Tone } from "@/ui";
import classes from "../Catalog.module.css";
import { RateLine } from "./RateLine";
import { ScheduleRate } from "./ScheduleRate";
import { type Standing, standing } from "./timeline";
import { WithdrawRate } from "./WithdrawRate";

const RATES_AT_MOST = 500;
const STANDINGS: Readonly<Record<Standing, readonly [string, Tone]>> = {
  past: ["past", "plain"],
  present: ["in force", "good"],
  scheduled: ["scheduled", "waiting"],
};

export function Rates({ service }: { service: Service }) {
  const [scheduling, schedule] = useDisclosure(false);
  const [withdrawn, setWithdrawn] = useState<Rate | null>(null);
  const zone = useSites().site?.time_zone ?? "UTC";
  const day = today(zone);
  const rates = api.useQuery("get", "/api/catalog/services/{service_id}/rates", {
    params: { path: { service_id: service.id }, query: { limit: RATES_AT_MOST } },
  });
  return (
    <Panel
      title="Rates"
      about="Past days keep their price; so do booked sessions."
      actions={
        <Button
          variant="default"
          size="sm"
          onClick={schedule.open}
          disabled={!rates.data}
          leftSection={<IconCalendarDollar size={17} aria-hidden />}
        >
          Schedule a rate
        </Button>
      }
    >
      <Loaded query={rates}>
        {({ items }) => (
          <>
            <RateLine
              name={`Rates of ${service.service_code} over time; the table below has the same rates`}
              steps={items.map((rate) => ({
                amount: rate.amount,
                from: rate.effective_from,
                standing: standing(rate, day),
              }))}
              today={day}
            />
            <RateTable rates={items} zone={zone} day={day} onWithdraw={setWithdrawn} />
            {withdrawn && <WithdrawRate service={service} rate={withdrawn} onClose={() => setWithdrawn(null)} />}
            {scheduling && <ScheduleRate service={service} rates={items} today={day} onClose={schedule.close} />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface RateTableProps {
  readonly rates: readonly Rate[];
  readonly zone: string;
  readonly day: Day;
  readonly onWithdraw: (rate: Rate) => void;
}

function RateTable({ rates, zone, day, onWithdraw }: RateTableProps) {
  const latestFirst = rates.map((rate, index) => ({ rate, before: rates[index - 1] })).reverse();
  return (
    <Table verticalSpacing={6} aria-label="Rates, the latest first">
      <TableHead
        columns={[
          "From",
          "Status",
          { name: "Rate", className: classes.amount ?? "" },
          { name: "Change", visibleFrom: "xs", className: classes.amount ?? "" },
        ]}
      />
      <Table.Tbody>
        {latestFirst.map(({ rate, before }) => {
          const [words, tone] = STANDINGS[standing(rate, day)];
          const change = before ? asDifference(ofCents(cents(rate.amount) - cents(before.amount))) : "first";
          const added = `${dayInWords(dayOf(rate.created_at, zone), { year: true })}${byWhom(rate.created_by)}`;
          return (
            <Table.Tr key={rate.id}>
              <Table.Td>
                {dayInWords(rate.effective_from, { year: true })}
                <Text size="xs" c="dimmed">
                  {rate.effective_to ? `until ${dayInWords(rate.effective_to, { year: true })}` : "open-ended"}
                </Text>
                <Text size="xs" c="dimmed" title={momentInWords(rate.created_at, zone)}>
                  added {added}
                </Text>
              </Table.Td>
              <Table.Td>
                <Tag tone={tone}>{words}</Tag>
                {standing(rate, day) === "scheduled" && (
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    c="var(--mantine-color-error)"
                    aria-label={`Withdraw the rate from ${dayInWords(rate.effective_from, { year: true })}`}
                    onClick={() => onWithdraw(rate)}
                  >
                    Withdraw
                  </Button>
                )}
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={rate.amount} />
                <Text size="xs" c="dimmed" className="numbers" hiddenFrom="xs">
                  {change}
                </Text>
              </Table.Td>
              <Table.Td className={`${classes.amount} numbers`} visibleFrom="xs">
                {change}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
