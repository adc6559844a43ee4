import { Group, Text } from "@mantine/core";
import type { BillingRecord } from "@/api";
import { isNothing } from "@/money";
import { Facts, Money, Panel } from "@/ui";
import { sharesOf } from "./shares";
import { useCreditBefore } from "./useCreditBefore";
import { useLedger } from "./useLedger";

/** Who bears what of the charge by now, and what is open of it. */
export function Balance({ record }: { record: BillingRecord }) {
  const ledger = useLedger(record.id);
  const creditBefore = useCreditBefore(record);
  const shares = sharesOf(record, ledger.data?.shares);
  return (
    <Panel title="Balance">
      <Facts
        facts={[
          ["Open balance", <Money key="open" amount={record.balance} fw={700} />],
          ["Credit", !isNothing(record.unapplied_credit) && <Money amount={record.unapplied_credit} />],
          ["Credit of replaced records", creditBefore],
          ["Charge", <Money key="charge" amount={record.total_amount} />],
          ["Contractual adjustment", off(shares.contractual_adjustment)],
          ["Discounts", off(shares.other_adjustment)],
          ["Written off", off(shares.written_off)],
          [
            "Client's part",
            <Group key="client" gap={6}>
              <Money amount={shares.patient_amount} /> {shares.is_answered ? "" : partsOf(record)}
            </Group>,
          ],
          ["Insurer's part", <Money key="insurer" amount={shares.insurance_amount} />],
        ]}
      />
      {shares.is_answered && (
        <Text size="xs" c="dimmed">
          By the insurer's answer.
        </Text>
      )}
    </Panel>
  );
}

function off(amount: string) {
  return !isNothing(amount) && <Money amount={`-${amount}`.replace(/^--/, "")} />;
}

function partsOf({ deductible_amount, copay_amount, coinsurance_amount }: BillingRecord): string {
  const parts = [
    ["deductible", deductible_amount],
    ["copay", copay_amount],
    ["coinsurance", coinsurance_amount],
  ] as const;
  const named = parts.filter(([, amount]) => !isNothing(amount)).map(([name]) => name);
  return named.length > 0 ? `(${named.join(", ")})` : "";
}
