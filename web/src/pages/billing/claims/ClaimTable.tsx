import { Anchor, Group, Paper, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Claim } from "@/api";
import { ClientName } from "@/features/people/PersonName";
import { dayInWords } from "@/time";
import { Money, TableHead, Tag, useAt } from "@/ui";
import classes from "../Billing.module.css";
import { CLAIMS, FREQUENCIES } from "../labels";
import { Rejected } from "../RejectedClaim";
import { Withdraw } from "../WithdrawClaim";

/** What became of claims, and what can be done about each. */
export function ClaimTable({ claims }: { claims: readonly Claim[] }) {
  const at = useAt();
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={0}>
        <Table verticalSpacing="xs" horizontalSpacing={8} aria-label="Claims">
          <TableHead
            columns={[
              "Claim",
              "Client",
              { name: "Payer", visibleFrom: "sm" },
              { name: "Date of service", visibleFrom: "sm" },
              { name: "Charge", visibleFrom: "sm", className: classes.amount },
              { name: "Payer's number", visibleFrom: "md" },
              "Status",
            ]}
          />
          <Table.Tbody>
            {claims.map((claim) => (
              <Table.Tr key={claim.id}>
                <Table.Td>
                  <Anchor component={Link} to={at(`/billing/claims/${claim.batch_id}`)} inherit fw={600}>
                    {claim.control_number}
                  </Anchor>
                  <Text size="xs" c="dimmed" component="div">
                    <Group gap={4}>
                      {FREQUENCIES[claim.frequency]} ·
                      <Anchor
                        component={Link}
                        to={at(`/billing/records/${claim.record_id}`)}
                        className={classes.small ?? ""}
                      >
                        record
                      </Anchor>
                    </Group>
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={at(`/billing/clients/${claim.client_id}`)} inherit>
                    <ClientName clientId={claim.client_id} />
                  </Anchor>
                  <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
                    {claim.payer_name}, {dayInWords(claim.service_date)}, <Money amount={claim.total_amount} />
                  </Text>
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  <Anchor component={Link} to={at(`/billing/payers/${claim.payer_id}`)} inherit>
                    {claim.payer_name}
                  </Anchor>
                </Table.Td>
                <Table.Td visibleFrom="sm">{dayInWords(claim.service_date)}</Table.Td>
                <Table.Td visibleFrom="sm" className={classes.amount ?? ""}>
                  <Money amount={claim.total_amount} />
                </Table.Td>
                <Table.Td visibleFrom="md">{claim.payer_reference ?? "–"}</Table.Td>
                <Table.Td>
                  <Tag tone={CLAIMS[claim.status][1]}>{CLAIMS[claim.status][0]}</Tag>
                  <Rejected claim={claim} />
                  <Withdraw claim={claim} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
