import { Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { RateImpact } from "@/api";
import { type Amount, asDifference, inDollars, isNothing } from "@/money";
import { type Day, dayInWords, monthInWords } from "@/time";
import { Money, ProblemNotice, TableHead } from "@/ui";
import classes from "../Catalog.module.css";

interface ImpactProps {
  readonly impact: Pick<UseQueryResult<RateImpact, unknown>, "data" | "error" | "refetch">;
  readonly isComplete: boolean;
  readonly since: Day;
}

/** What a rate would mean for what is booked: nothing for those sessions, and how much those after them will differ. */
export function Impact({ impact, isComplete, since }: ImpactProps) {
  return (
    <Stack gap="xs" component="section" aria-label="Booked sessions affected" aria-live="polite">
      <Title order={3} fz={15}>
        Booked sessions affected
      </Title>
      {isComplete ? (
        <Found impact={impact} />
      ) : (
        <Text size="sm" c="dimmed">
          Enter an amount to see the booked sessions after {since ? dayInWords(since, { year: true }) : "that day"}.
        </Text>
      )}
    </Stack>
  );
}

function Found({ impact: { data, error, refetch } }: Pick<ImpactProps, "impact">) {
  if (error) {
    return <ProblemNotice error={error} title="The impact is unavailable" onRetry={() => void refetch()} />;
  }
  if (!data) {
    return <Skeleton height={92} role="status" aria-label="Checking booked sessions" />;
  }
  if (data.sessions === 0) {
    return (
      <Text size="sm">
        No session is booked from {dayInWords(data.effective_from, { year: true })} on. Whatever is booked for those
        days from now on costs {inDollars(data.amount)}.
      </Text>
    );
  }
  const groups = data.visits > data.sessions ? `, ${data.visits} visits,` : "";
  return (
    <>
      <Text size="sm">
        <b>
          {data.sessions} booked {data.sessions === 1 ? "session" : "sessions"}
          {groups} from {dayInWords(data.effective_from, { year: true })} on
        </b>{" "}
        {data.sessions === 1 ? "keeps its quoted price" : "keep their quoted prices"}. Booked at the new rate, the same
        would come to {inWords(data.difference)}.
      </Text>
      <Table verticalSpacing={5} aria-label="Booked sessions by month">
        <TableHead
          columns={[
            "Month",
            { name: "Sessions", className: classes.amount ?? "" },
            { name: "Quoted", className: classes.amount ?? "" },
            { name: "At the new rate", visibleFrom: "xs", className: classes.amount ?? "" },
            { name: "Difference", className: classes.amount ?? "" },
          ]}
        />
        <Table.Tbody>
          {data.by_month.map((month) => (
            <Row key={month.month} name={monthInWords(month.month)} {...month} />
          ))}
        </Table.Tbody>
        {data.by_month.length > 1 && (
          <Table.Tfoot>
            <Row name="Total" {...data} />
          </Table.Tfoot>
        )}
      </Table>
    </>
  );
}

function inWords(difference: Amount): string {
  if (isNothing(difference)) {
    return "the same";
  }
  return `${inDollars(difference.replace("-", ""))} ${difference.startsWith("-") ? "less" : "more"}`;
}

type Row = Pick<RateImpact, "sessions" | "promised_total" | "new_total" | "difference"> & { name: string };

function Row({ name, sessions, promised_total, new_total, difference }: Row) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td className={classes.amount ?? ""}>{sessions}</Table.Td>
      <Table.Td className={classes.amount ?? ""}>
        <Money amount={promised_total} />
      </Table.Td>
      <Table.Td className={classes.amount ?? ""} visibleFrom="xs">
        <Money amount={new_total} />
      </Table.Td>
      <Table.Td className={classes.amount ?? ""}>{asDifference(difference)}</Table.Td>
    </Table.Tr>
  );
}
