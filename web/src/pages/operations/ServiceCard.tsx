import { Group, List, Paper, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { asProblem, type Operations } from "@/api";
import { Facts, Skeletons, Tag } from "@/ui";
import { Age } from "./Age";
import type { ServiceName } from "./services";
import { lastingInWords } from "./text";

interface ServiceCardProps {
  readonly name: ServiceName;
  readonly query: UseQueryResult<Operations>;
  /** It has not answered for a while. */
  readonly isLate: boolean;
}

/** How one service is: whether it can work, why not, and what waits in it. */
export function ServiceCard({ name, query, isLate }: ServiceCardProps) {
  const { data, error } = query;
  return (
    <Paper withBorder component="article" p="sm" aria-label={name}>
      <Group justify="space-between" mb={4}>
        <Title order={3} fz={16}>
          {name}
        </Title>
        <State data={data} isDown={error !== null} isLate={isLate} />
      </Group>
      {error && (
        <Text size="sm" role="status">
          It does not answer: {asProblem(error).detail} {data && "The last known state is shown below."}
        </Text>
      )}
      {data ? <Figures operations={data} /> : !error && <Skeletons />}
      <Age of={query.dataUpdatedAt} />
    </Paper>
  );
}

interface StateProps {
  readonly data: Operations | undefined;
  readonly isDown: boolean;
  readonly isLate: boolean;
}

function State({ data, isDown, isLate }: StateProps) {
  if (isDown) {
    return <Tag tone="bad">down</Tag>;
  }
  if (isLate) {
    return <Tag tone="attention">no recent answer</Tag>;
  }
  return data ? <Tag tone={data.is_ready ? "good" : "bad"}>{data.is_ready ? "ready" : "not ready"}</Tag> : null;
}

function Figures({ operations }: { operations: Operations }) {
  const { checks, outbox, inbox, parked_messages, release, role, uptime_seconds } = operations;
  const missing = checks.filter(({ answers }) => !answers);
  return (
    <div>
      {missing.length > 0 && (
        <List size="sm" spacing={2}>
          {missing.map(({ part, reason }) => (
            <List.Item key={part}>
              <b>{part}</b>: {reason ?? "does not answer"}
            </List.Item>
          ))}
        </List>
      )}
      <Facts
        facts={[
          ["Outbox", outbox ? waiting(outbox) : "unknown: the database is unavailable"],
          [
            "Inbox",
            inbox
              ? `${inbox.messages} (${inbox.consumers} ${inbox.consumers === 1 ? "consumer" : "consumers"})`
              : "unknown: the broker is unavailable",
          ],
          ["Parked", <ParkedCount key="parked" count={parked_messages} unroutable={outbox?.parked ?? 0} />],
          ["Runs", `${release}${role === "all" ? "" : ` (${role})`}, for ${lastingInWords(uptime_seconds)}`],
        ]}
      />
    </div>
  );
}

function ParkedCount({ count, unroutable }: { count: number | null; unroutable: number }) {
  if (count === null) {
    return "unknown: the broker is unavailable";
  }
  return count + unroutable > 0 ? <Tag tone="attention">{count + unroutable}</Tag> : "none";
}

function waiting({ waiting: count, oldest_seconds }: NonNullable<Operations["outbox"]>): string {
  return count === 0 ? "nothing" : `${count}, the oldest for ${lastingInWords(oldest_seconds)}`;
}
