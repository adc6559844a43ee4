// Messages that a human must look at: why each is parked, what is in it, and what becomes of it.
import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconMailCheck } from "@tabler/icons-react";
import { useState } from "react";
import { Confirm, Empty, Pager, Panel, ProblemNotice, SearchField, Skeletons, usePages } from "@/ui";
import { numberInWords } from "@/ui/text";
import { Age } from "./Age";
import { Discard } from "./Discard";
import { keyOf, ParkedTable } from "./ParkedTable";
import { type Parked as Message, type ServiceName, useParked } from "./services";
import { useSettling } from "./useSettling";

const ON_A_PAGE = 25;

interface ParkedProps {
  /** How many each service has; only those that have some are read. */
  readonly counts: ReadonlyMap<ServiceName, number>;
  /** The services of which no count is known. */
  readonly unread: readonly ServiceName[];
  /** Whether every service has answered, or failed to. */
  readonly isKnown: boolean;
}

export function Parked({ counts, unread, isKnown }: ParkedProps) {
  const services = [...counts].filter(([, count]) => count > 0).map(([service]) => service);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const parked = useParked(services);
  const [service, setService] = useState<string | null>(null);
  const [type, setType] = useState<string | null>(null);
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [discarding, setDiscarding] = useState(false);
  const [retriesAll, setRetriesAll] = useState(false);
  const settling = useSettling();

  const types = [...new Set(parked.items.map(({ message }) => message.type ?? "unreadable"))].sort();
  const shown = parked.items.filter(
    (item) =>
      (!service || item.service === service) &&
      (!type || (item.message.type ?? "unreadable") === type) &&
      holds(item, words.trim().toLowerCase()),
  );
  const pages = usePages(JSON.stringify([service, type, words]));
  const from = Math.min(Number(pages.cursor ?? 0), Math.max(0, shown.length - 1));
  const page = shown.slice(from, from + ON_A_PAGE);
  const selected = shown.filter((item) => chosen.has(keyOf(item)));
  const isNarrowed = Boolean(service || type || words.trim());

  async function redrive(items: readonly Message[]): Promise<void> {
    await settling.redrive(items);
    setChosen(new Set());
  }

  return (
    <Panel
      title={total > 0 ? `Parked messages (${numberInWords(total)})` : "Parked messages"}
      about={services.length > 0 && <Age of={parked.asOf} />}
      actions={
        total > 0 && (
          <>
            <Button
              size="xs"
              loading={settling.isBusy}
              disabled={shown.length === 0}
              onClick={() => {
                if (selected.length > 0 || isNarrowed) {
                  void redrive(selected.length > 0 ? selected : shown);
                } else {
                  setRetriesAll(true);
                }
              }}
            >
              {selected.length > 0
                ? `Retry ${selected.length}`
                : isNarrowed
                  ? `Retry the ${shown.length} shown`
                  : "Retry all"}
            </Button>
            <Button
              size="xs"
              variant="default"
              c="var(--mantine-color-error)"
              disabled={selected.length === 0 || settling.isBusy}
              onClick={() => setDiscarding(true)}
            >
              Discard
            </Button>
          </>
        )
      }
    >
      {parked.errors.map(({ service: name, error }) => (
        <ProblemNotice key={name} error={error} title={name} />
      ))}
      {unread.length > 0 && (
        <Text size="sm">
          Not known for {unread.join(", ")}: the service, its database or the message broker does not answer.
        </Text>
      )}
      {total === 0 && !isKnown ? (
        <Skeletons />
      ) : total === 0 ? (
        unread.length === 0 && (
          <Empty title="No parked messages" icon={IconMailCheck}>
            Messages that a service cannot process wait here until they are retried or discarded.
          </Empty>
        )
      ) : parked.isPending && parked.items.length === 0 ? (
        <Skeletons />
      ) : (
        <Stack gap="sm">
          <Group gap="sm" role="search" aria-label="Parked messages">
            <SearchField
              aria-label="Search"
              placeholder="An id or part of the reason"
              value={words}
              onChange={setWords}
              flex="2 1 200px"
            />
            <Select
              aria-label="Service"
              placeholder="Every service"
              clearable
              flex="1 1 140px"
              data={services}
              value={service}
              onChange={setService}
            />
            <Select
              aria-label="Type"
              placeholder="Every type"
              clearable
              flex="2 1 200px"
              data={types}
              value={type}
              onChange={setType}
            />
          </Group>
          {!parked.isPending && parked.items.length < total && (
            <Text size="sm" c="dimmed">
              The first {parked.items.length} of {numberInWords(total)} messages are shown and searched.
            </Text>
          )}
          {shown.length > 0 ? (
            <>
              <ParkedTable
                items={shown}
                page={page}
                chosen={chosen}
                onChoose={setChosen}
                onRedrive={(item) => void redrive([item])}
                isBusy={settling.isBusy}
              />
              <Pager pages={pages} next={from + page.length < shown.length ? String(from + ON_A_PAGE) : null}>
                {page.length < shown.length && `${from + 1} to ${from + page.length} of ${shown.length}`}
              </Pager>
            </>
          ) : (
            <Text size="sm">No matching messages.</Text>
          )}
        </Stack>
      )}
      {retriesAll && (
        <Confirm
          opened
          title={total === 1 ? "Retry the message?" : `Retry ${numberInWords(total)} messages?`}
          submitLabel="Retry all"
          onClose={() => setRetriesAll(false)}
          onSubmit={() => {
            setRetriesAll(false);
            void settling.redriveAll(services);
          }}
        >
          <Text size="sm">
            Every parked message of {services.join(", ")} is processed again. One that fails again is parked again.
          </Text>
        </Confirm>
      )}
      {discarding && (
        <Discard
          items={selected}
          onClose={() => setDiscarding(false)}
          onDiscard={async (reason) => {
            await settling.discard(selected, reason);
            setChosen(new Set());
            setDiscarding(false);
          }}
        />
      )}
    </Panel>
  );
}

function holds({ service, message }: Message, words: string): boolean {
  const { id, type, reason, explanation, body, text } = message;
  return (
    !words ||
    [service, id, type, reason, explanation, text, JSON.stringify(body)].join(" ").toLowerCase().includes(words)
  );
}
