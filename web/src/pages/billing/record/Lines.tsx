import { Table, Text } from "@mantine/core";
import type { BillingRecord } from "@/api";
import { Money, TableHead } from "@/ui";
import classes from "../Billing.module.css";

/** The codes of a record, and who owes what for each. */
export function Lines({ lines }: { lines: BillingRecord["lines"] }) {
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing={4} horizontalSpacing={6} aria-label="Codes">
        <TableHead
          columns={[
            "Code",
            { name: "Units", className: classes.amount },
            { name: "Charge", className: classes.amount },
            { name: "Insurer", className: classes.amount },
            { name: "Client", className: classes.amount },
          ]}
        />
        <Table.Tbody>
          {lines.map((line, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
            <Table.Tr key={position}>
              <Table.Td>
                <span className={classes.code}>{line.service_code}</span>
                {!line.claimable && (
                  <Text size="xs" c="dimmed">
                    not claimable
                  </Text>
                )}
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>{line.units}</Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={line.amount} />
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={line.insurance_amount} />
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={line.patient_amount} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
