import { Button, Checkbox, Code, Group, Stack, Table, Text } from "@mantine/core";
import { Fragment, useState } from "react";
import type { ParkedMessage } from "@/api";
import { momentInWords } from "@/time";
import { Facts, ProblemNotice } from "@/ui";
import { Moment } from "./Moment";
import classes from "./Operations.module.css";
import { type Parked, useWhole } from "./services";

const COLUMNS = 4;

const REASONS: Readonly<Record<string, string>> = {
  rejected: "processing failed",
  delivery_limit: "not finished",
  undeliverable: "no recipient",
};

export function keyOf({ service, message }: Parked): string {
  return `${service} ${message.id}`;
}

interface ParkedTableProps {
  /** Those that are selected together. */
  readonly items: readonly Parked[];
  /** Those of them that are shown. */
  readonly page: readonly Parked[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onRedrive: (item: Parked) => void;
  readonly isBusy: boolean;
}

/** Parked messages, to be looked at and chosen. */
export function ParkedTable({ items, page, chosen, onChoose, onRedrive, isBusy }: ParkedTableProps) {
  const [opened, setOpened] = useState<string | null>(null);
  const all = items.every((item) => chosen.has(keyOf(item)));
  const some = items.some((item) => chosen.has(keyOf(item)));

  function choose(key: string): void {
    const next = new Set(chosen);
    if (!next.delete(key)) {
      next.add(key);
    }
    onChoose(next);
  }

  return (
    <Table verticalSpacing={6} aria-label="Parked messages">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={40}>
            <Checkbox
              aria-label={`Select all ${items.length}`}
              checked={all}
              indeterminate={some && !all}
              onChange={() => onChoose(all ? new Set() : new Set(items.map(keyOf)))}
            />
          </Table.Th>
          <Table.Th>Message</Table.Th>
          <Table.Th visibleFrom="sm">Parked</Table.Th>
          <Table.Th>Actions</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {page.map((item) => {
          const key = keyOf(item);
          const { message, service } = item;
          const name = message.type ?? "a message without a type";
          return (
            <Fragment key={key}>
              <Table.Tr>
                <Table.Td>
                  <Checkbox
                    aria-label={`Select ${name} of ${service}`}
                    checked={chosen.has(key)}
                    onChange={() => choose(key)}
                  />
                </Table.Td>
                <Table.Td>
                  <Text size="sm" fw={600} className={classes.type ?? ""}>
                    {name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {service}: {REASONS[message.reason] ?? message.reason}
                    {(message.attempts ?? 1) > 1 && `, parked ${message.attempts} times`}
                  </Text>
                </Table.Td>
                <Table.Td visibleFrom="sm" className="numbers">
                  {message.since ? <Moment at={message.since} inWords={momentInWords} /> : "unknown"}
                </Table.Td>
                <Table.Td>
                  <Group gap={6}>
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-expanded={opened === key}
                      aria-label={`${opened === key ? "Close" : "Show"} ${name}`}
                      onClick={() => setOpened(opened === key ? null : key)}
                    >
                      {opened === key ? "Close" : "Show"}
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="default"
                      disabled={isBusy}
                      aria-label={`Retry: ${name}`}
                      onClick={() => onRedrive(item)}
                    >
                      Retry
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
              {opened === key && (
                <Table.Tr>
                  <Table.Td colSpan={COLUMNS}>
                    <Detail item={item} />
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** The content as JSON or text, or the beginning of what is neither. */
function contentOf({ body, text, base64 }: ParkedMessage): string {
  return (
    text ?? (base64 ? `Neither JSON nor text. It begins, in base64:\n${base64}` : JSON.stringify(body ?? null, null, 2))
  );
}

function Detail({ item }: { item: Parked }) {
  const whole = useWhole(item);
  const message = whole.data ?? item.message;
  return (
    <Stack gap="xs">
      <Facts
        facts={[
          ["Problem", message.explanation],
          ["Reason", REASONS[message.reason] ?? message.reason],
          ["Where", message.where === "inbox" ? "behind the inbox" : "in the outbox"],
          ["Event id", message.id],
          ["Attempts", message.attempts && `${message.attempts}`],
          ["Size", `${message.size} bytes${message.truncated ? ", of which the first are shown" : ""}`],
        ]}
      />
      {whole.error && <ProblemNotice error={whole.error} />}
      <Code block className={classes.body ?? ""} tabIndex={0} aria-label="Content">
        {contentOf(message)}
      </Code>
    </Stack>
  );
}
