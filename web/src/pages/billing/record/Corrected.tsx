import { Group, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { api, type BillingRecord } from "@/api";
import type { components } from "@/api/billing";
import { isNothing } from "@/money";
import { Loaded, Money } from "@/ui";
import classes from "../Billing.module.css";
import { Flags } from "./Flags";
import { PARTS } from "./shares";

const TYPING_MS = 300;

interface CorrectedProps {
  readonly record: BillingRecord;
  readonly correction: components["schemas"]["Correction"];
}

/** What the corrected record will charge, and whom, beside what this one does: by the very function that makes it. */
export function Corrected({ record, correction }: CorrectedProps) {
  const [settled] = useDebouncedValue(JSON.stringify(correction), TYPING_MS);
  const preview = api.useQuery(
    "post",
    "/api/billing/records/{record_id}/replace/preview",
    { params: { path: { record_id: record.id } }, body: JSON.parse(settled) as CorrectedProps["correction"] },
    { placeholderData: (before) => before, enabled: record.payment_status !== "voided" },
  );
  const isBusy = preview.isFetching || settled !== JSON.stringify(correction);
  return (
    <Stack gap="xs" component="section" aria-label="New amount" aria-busy={isBusy}>
      <Loaded query={preview}>
        {(corrected) => (
          <>
            <Group justify="space-between">
              <Text fw={650}>New amount, {corrected.service_code}</Text>
              <Money amount={corrected.total_amount} fw={650} fz={18} />
            </Group>
            <Table verticalSpacing={4} aria-label="Now and corrected">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>As billed</Table.Th>
                  <Table.Th className={classes.amount}>Now</Table.Th>
                  <Table.Th className={classes.amount}>Corrected</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                <Row name="Charge" now={record.total_amount} corrected={corrected.total_amount} />
                {PARTS.map(
                  ([name, part]) =>
                    part !== "written_off" &&
                    (isNothing(record[part]) && isNothing(corrected[part]) ? null : (
                      <Row key={part} name={name} now={record[part]} corrected={corrected[part]} />
                    )),
                )}
              </Table.Tbody>
            </Table>
            <Flags flags={corrected.flags} />
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Row({ name, now, corrected }: { name: string; now: string; corrected: string }) {
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td className={classes.amount ?? ""}>
        <Money amount={now} />
      </Table.Td>
      <Table.Td className={classes.amount ?? ""}>
        <Money amount={corrected} fw={now === corrected ? 400 : 600} />
      </Table.Td>
    </Table.Tr>
  );
}
