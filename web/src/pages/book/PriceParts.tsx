// What prices of a session and of a series have in common: who owes what, and by which terms.
import { Alert, Collapse, List, Table, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { PricePreview } from "@/api";
import { inDollars, isNothing } from "@/money";
import { durationInWords } from "@/time";
import { Money } from "@/ui";

export interface Shares {
  readonly total_amount: string;
  readonly contractual_adjustment: string;
  readonly other_adjustment: string;
  readonly insurance_amount: string;
  readonly patient_amount: string;
  readonly copay_amount: string;
  readonly deductible_amount: string;
  readonly coinsurance_amount: string;
}

interface WhoOwesProps {
  /** What is charged. */
  readonly what: string;
  readonly shares: Shares;
  readonly isCovered: boolean;
  /** Who owes the rest, as a sentence that the amount ends. */
  readonly who: string;
}

/** The charge, what is taken off and what insurance pays of it, and what is left to the client. */
export function WhoOwes({ what, shares, isCovered, who }: WhoOwesProps) {
  return (
    <Table verticalSpacing={4} withRowBorders={false}>
      <Table.Tbody>
        <Row what={what} amount={shares.total_amount} />
        {!isNothing(shares.contractual_adjustment) && (
          <Row what="contractual adjustment" amount={`-${shares.contractual_adjustment}`} />
        )}
        {!isNothing(shares.other_adjustment) && <Row what="discount" amount={`-${shares.other_adjustment}`} />}
        {isCovered && <Row what="insurance pays" amount={shares.insurance_amount} />}
        <Table.Tr>
          <Table.Td>
            <Text fw={700}>{who}</Text>
            {isCovered && <Parts {...shares} />}
          </Table.Td>
          <Table.Td ta="right">
            <Money amount={shares.patient_amount} fw={700} fz={18} />
          </Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}

export function Row({ what, amount }: { what: ReactNode; amount: string }) {
  return (
    <Table.Tr>
      <Table.Td>{what}</Table.Td>
      <Table.Td ta="right">
        <Money amount={amount} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Of what a client's part is made. */
export function Parts({ copay_amount, deductible_amount, coinsurance_amount }: Shares) {
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

type Flag = PricePreview["flags"][number];

interface FlagNoticeProps {
  readonly flag: Flag;
  /** The client whom it is about, where there are several. */
  readonly name?: string | undefined;
  /** The sessions that it is about, where it is not about all. */
  readonly since?: string;
}

/** Something that staff should know of a price. */
export function FlagNotice({ flag: { severity, message, suggestion }, name, since }: FlagNoticeProps) {
  const about = [name, since].filter(Boolean).join(", ");
  return (
    <Alert color={severity === "info" ? "gray" : "yellow"} p="xs">
      <Text size="sm">
        {about && `${about}: `}
        {message} <b>{suggestion}</b>
      </Text>
    </Alert>
  );
}

/** What not coming costs, and what the price takes for granted. */
export function Terms({ cancellation, assumptions }: Pick<PricePreview, "cancellation" | "assumptions">) {
  const [opened, { toggle }] = useDisclosure(false);
  return (
    <>
      <Text size="sm" c="dimmed">
        {policyInWords(cancellation)}
      </Text>
      <UnstyledButton onClick={toggle} aria-expanded={opened} fz="sm" c="var(--mantine-color-anchor)">
        {opened ? "Hide assumptions" : "Show assumptions"}
      </UnstyledButton>
      <Collapse expanded={opened}>
        <List size="sm">
          {assumptions.map(({ name, value, detail }) => (
            <List.Item key={`${name} ${value}`}>
              {name.replaceAll("_", " ")}: <b>{value}</b>, {detail}
            </List.Item>
          ))}
        </List>
      </Collapse>
    </>
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
