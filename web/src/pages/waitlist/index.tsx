// Who waits for a slot at this site: what is held for whom, and the log of every decision.
import { Anchor, Button, Group, Select, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "@/api";
import { useClient, useTherapist } from "@/features/people/names";
import { useServices } from "@/features/services/names";
import { modalityInWords } from "@/features/sessions/modality";
import { PATIENCE } from "@/features/sessions/steps";
import { siteInWords, useSite } from "@/features/site";
import { Decline } from "@/features/waitlist/Decline";
import { refreshAfter } from "@/live";
import { addMinutes, countdownInWords, dayInWords, dayOf, momentInWords, secondsUntil, useNow } from "@/time";
import {
  Confirm,
  Empty,
  fieldErrors,
  notify,
  Page,
  PagedList,
  Panel,
  TableHead,
  Tag,
  type Tone,
  useAddress,
  useAt,
  usePages,
} from "@/ui";
import { AddEntry } from "./AddEntry";
import { Log } from "./Log";
import { type Entry, hoursInWords, type Status } from "./text";

const SHOWN = 50;
const STATUSES: Readonly<Record<Status, readonly [words: string, tone: Tone]>> = {
  waiting: ["waiting", "waiting"],
  offered: ["slot held", "attention"],
  booked: ["booked", "good"],
  expired: ["expired", "plain"],
  withdrawn: ["withdrawn", "plain"],
};

export function Component() {
  const site = useSite();
  const at = useAt();
  const [query, change] = useAddress();
  const wanted = query.get("status");
  const status: Status = wanted !== null && wanted in STATUSES ? (wanted as Status) : "waiting";
  const [adding, add] = useDisclosure(false);
  const [read, setRead] = useState<Entry | null>(null);
  const [declined, setDeclined] = useState<Entry | null>(null);
  const [withdrawn, setWithdrawn] = useState<Entry | null>(null);
  const pages = usePages(`${site.id} ${status}`);
  const entries = api.useQuery("get", "/api/scheduling/waitlist", {
    params: { query: { site_id: site.id, status, limit: SHOWN, ...(pages.cursor ? { cursor: pages.cursor } : {}) } },
  });
  // For whom a slot is held must be called before that ends: shown above those who wait.
  const held = api.useQuery(
    "get",
    "/api/scheduling/waitlist",
    { params: { query: { site_id: site.id, status: "offered", limit: SHOWN } } },
    { enabled: status === "waiting" },
  );
  return (
    <Page
      title="Waitlist"
      about={
        site.is_active
          ? `${siteInWords(site)} · a slot that becomes free is held for the first who fits`
          : `${site.site_name} is closed · nothing is offered here until it is opened again`
      }
      actions={
        site.is_active && (
          <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={add.open}>
            Add to the waitlist
          </Button>
        )
      }
    >
      <Select
        label="Status"
        allowDeselect={false}
        w={220}
        value={status}
        onChange={(chosen) => change({ status: chosen === "waiting" ? null : chosen })}
        data={Object.entries(STATUSES).map(([value, [label]]) => ({ value, label }))}
      />
      {status === "waiting" && held.data && held.data.items.length > 0 && (
        <Panel title="Slot held" about="Call these clients: book the slot or decline it before it goes to the next.">
          <Table.ScrollContainer minWidth={0}>
            <Entries
              name="Held slots"
              entries={held.data.items}
              zone={site.time_zone}
              onDecline={setDeclined}
              onRead={setRead}
              onWithdraw={setWithdrawn}
            />
          </Table.ScrollContainer>
          {held.data.next_cursor && (
            <Anchor component={Link} to={at("/waitlist?status=offered")} size="sm" underline="always">
              All held slots
            </Anchor>
          )}
        </Panel>
      )}
      <PagedList
        query={entries}
        pages={pages}
        empty={
          status === "waiting" && held.data && held.data.items.length > 0 ? (
            <Empty title="Nobody else waits">A slot is held for every client who waits at this site.</Empty>
          ) : (
            <Empty title="No entries">No client of this site is on the waitlist with this status.</Empty>
          )
        }
      >
        {(items) => (
          <Panel title={`${STATUSES[status][0].charAt(0).toUpperCase()}${STATUSES[status][0].slice(1)}`}>
            <Table.ScrollContainer minWidth={0}>
              <Entries
                name="Waitlist"
                entries={items}
                zone={site.time_zone}
                onDecline={setDeclined}
                onRead={setRead}
                onWithdraw={setWithdrawn}
              />
            </Table.ScrollContainer>
          </Panel>
        )}
      </PagedList>
      {adding && <AddEntry site={site} onClose={add.close} />}
      {read && <Log entry={read} zone={site.time_zone} onClose={() => setRead(null)} />}
      {declined && <Decline entry={declined} onClose={() => setDeclined(null)} />}
      {withdrawn && <Withdraw entry={withdrawn} onClose={() => setWithdrawn(null)} />}
    </Page>
  );
}

interface EntriesProps {
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly zone: string;
  readonly onDecline: (entry: Entry) => void;
  readonly onRead: (entry: Entry) => void;
  readonly onWithdraw: (entry: Entry) => void;
}

function Entries({ name, entries, zone, onDecline, onRead, onWithdraw }: EntriesProps) {
  const at = useAt();
  const services = useServices(entries.map(({ service_id }) => service_id));
  return (
    <Table verticalSpacing={8} aria-label={name}>
      <TableHead
        columns={["Client", { name: "Can come", visibleFrom: "sm" }, "Status", { name: "Actions", ta: "right" }]}
      />
      <Table.Tbody>
        {entries.map((entry) => (
          <Table.Tr key={entry.id}>
            <Table.Td>
              <Anchor component={Link} to={at(`/people/clients/${entry.client_id}`)} size="sm" underline="always">
                {entry.client_name}
              </Anchor>
              <Text size="xs" c="dimmed">
                {services.get(entry.service_id)?.service_code ?? "…"}
                {entry.modality !== "in_person" && `, ${modalityInWords(entry.modality).toLowerCase()}`} · since{" "}
                {dayInWords(dayOf(entry.created_at, zone))}
              </Text>
              <Text size="xs" c="dimmed" hiddenFrom="sm">
                {windowInWords(entry, zone)}
              </Text>
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Text size="sm">{windowInWords(entry, zone)}</Text>
              <Text size="xs" c="dimmed">
                {hoursInWords(entry.hours)}
              </Text>
            </Table.Td>
            <Table.Td>
              <Tag tone={STATUSES[entry.status][1]}>
                {entry.position ? `number ${entry.position}` : STATUSES[entry.status][0]}
              </Tag>
              {entry.status === "offered" && entry.offer_until && <Left until={entry.offer_until} />}
              {entry.status === "offered" && entry.session_id && (
                <Slot sessionId={entry.session_id} clientId={entry.client_id} zone={zone} />
              )}
              {entry.session_id && (entry.status === "offered" || entry.status === "booked") && (
                <Anchor
                  component={Link}
                  to={at(`/sessions/${entry.session_id}`)}
                  size="xs"
                  underline="always"
                  display="block"
                >
                  the session
                </Anchor>
              )}
            </Table.Td>
            <Table.Td>
              <Group gap={6} justify="flex-end">
                {entry.status === "offered" && <Answer entry={entry} onDecline={() => onDecline(entry)} />}
                <Button size="compact-sm" variant="default" onClick={() => onRead(entry)}>
                  Log
                </Button>
                {(entry.status === "waiting" || entry.status === "offered") && (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    c="var(--mantine-color-error)"
                    aria-label={`Remove ${entry.client_name} from the waitlist`}
                    onClick={() => onWithdraw(entry)}
                  >
                    Remove
                  </Button>
                )}
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function windowInWords({ earliest, latest }: Entry, zone: string): string {
  return `${dayInWords(dayOf(earliest, zone))} – ${dayInWords(dayOf(addMinutes(latest, -1), zone))}`;
}

function Left({ until }: { until: string }) {
  useNow(1);
  return (
    <Text size="xs" className="numbers">
      for {countdownInWords(secondsUntil(until))}
    </Text>
  );
}

/** What is held, and by which number the client is called. */
function Slot({ sessionId, clientId, zone }: { sessionId: string; clientId: string; zone: string }) {
  const session = api.useQuery("get", "/api/scheduling/sessions/{session_id}", {
    params: { path: { session_id: sessionId } },
  });
  const therapist = useTherapist(session.data?.therapist_id ?? null);
  const client = useClient(clientId);
  return (
    <>
      {session.data && (
        <Text size="sm" className="numbers">
          {momentInWords(session.data.starts_at, zone)}
          {therapist.data && `, with ${therapist.data.full_name}`}
        </Text>
      )}
      {client.data && (
        <Text size="sm" className="numbers">
          {client.data.phone ? (
            <Anchor href={`tel:${client.data.phone}`} size="sm" underline="always">
              {client.data.phone}
            </Anchor>
          ) : (
            "no telephone number"
          )}
        </Text>
      )}
    </>
  );
}

/** The client has decided whether they take the slot that is held for them. */
function Answer({ entry, onDecline }: { entry: Entry; onDecline: () => void }) {
  const queries = useQueryClient();
  const accept = api.useMutation("post", "/api/scheduling/waitlist/{entry_id}/accept", {
    onSuccess: () => notify.done(`The slot is booked for ${entry.client_name}.`),
    onError: (error: unknown) => notify.problem(error),
    onSettled: () => void refreshAfter(queries, "scheduling.session_booked.v1"),
  });
  return (
    <>
      <Button size="compact-sm" loading={accept.isPending} onClick={() => accept.mutate(answering(entry))}>
        Book it
      </Button>
      <Button size="compact-sm" variant="default" onClick={onDecline}>
        Decline
      </Button>
    </>
  );
}

function answering(entry: Entry) {
  return { params: { path: { entry_id: entry.id }, header: { prefer: PATIENCE } } };
}

export function Withdraw({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const queries = useQueryClient();
  const withdraw = api.useMutation("delete", "/api/scheduling/waitlist/{entry_id}", {
    onSuccess: () => {
      notify.done(`${entry.client_name} is removed from the waitlist.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "scheduling.session_cancelled.v1"),
  });
  return (
    <Confirm
      opened
      grave
      title={`Remove ${entry.client_name} from the waitlist?`}
      submitLabel="Remove"
      onClose={onClose}
      busy={withdraw.isPending}
      errors={fieldErrors(withdraw.error, [])}
      onSubmit={() => withdraw.mutate({ params: { path: { entry_id: entry.id } } })}
    >
      <Text size="sm">Nothing is offered to this client any more. The log of the entry stays.</Text>
    </Confirm>
  );
}
