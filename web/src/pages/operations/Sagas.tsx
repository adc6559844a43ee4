import { Anchor, Group, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import type { WaitingSaga } from "@/api";
import { STATUS_WORDS, StatusBadge } from "@/features/sessions/StatusBadge";
import { momentInWords } from "@/time";
import { Loaded, Panel, TableHead, Tag, useAt } from "@/ui";
import { numberInWords } from "@/ui/text";
import { Age } from "./Age";
import { Moment } from "./Moment";
import { useSagas } from "./services";
import { lastingInWords } from "./text";

const WAITS: Readonly<Record<WaitingSaga["waits_for"], string>> = {
  room: "a room",
  move: "the room of a move",
  undo: "the room of an undo",
  confirmation: "the confirmation of its hold",
  client: "a client's answer",
};

/** At the front desk an offered session needs a choice; here it waits for a client, also one of the waitlist. */
const OFFERED = "offered to a client";
/** Those whose time is over are not counted, whether they were completed or not. */
const WORDS: typeof STATUS_WORDS = { ...STATUS_WORDS, offered: OFFERED, booked: "booked and not over" };

/** Where the bookings stand, and which of them wait longest for what. */
export function Sagas() {
  const sagas = useSagas();
  return (
    <Panel title="Bookings in progress" about={<Age of={sagas.dataUpdatedAt} />}>
      <Loaded query={sagas}>
        {({ sessions, waiting, items, counted_at_most: most }) => (
          <>
            <Group gap="lg">
              <Text size="sm">State</Text>
              {Object.entries(sessions).map(([status, count]) => (
                <Count key={status} count={count} most={most} of={WORDS[status as WaitingSaga["status"]]} />
              ))}
            </Group>
            <Group gap="lg">
              <Text size="sm">Waiting for</Text>
              {Object.entries(waiting).map(([what, count]) => (
                <Count key={what} count={count} most={most} of={WAITS[what as WaitingSaga["waits_for"]]} />
              ))}
            </Group>
            {items.length > 0 ? (
              <Waiting sagas={items} />
            ) : (
              <Text size="sm" c="dimmed">
                No booking is waiting.
              </Text>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface CountProps {
  readonly count: number;
  /** Where the service stops to count. */
  readonly most: number;
  readonly of: string;
}

function Count({ count, most, of }: CountProps) {
  return (
    <Text size="sm" {...(count ? {} : { c: "dimmed" })}>
      <b className="numbers">{numberInWords(count)}</b> {count >= most && "or more "}
      {of}
    </Text>
  );
}

function Waiting({ sagas }: { sagas: readonly WaitingSaga[] }) {
  const at = useAt();
  return (
    <Table.ScrollContainer minWidth={0} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6} aria-label="Bookings that wait, the longest first">
        <TableHead
          columns={[
            "Waits for",
            "Since",
            { name: "Retries", visibleFrom: "sm" },
            { name: "Times out", visibleFrom: "sm" },
            "State",
          ]}
        />
        <Table.Tbody>
          {sagas.map((saga) => (
            <Table.Tr key={saga.session_id}>
              <Table.Td>
                <Anchor component={Link} to={at(`/sessions/${saga.session_id}`)} size="sm" underline="always">
                  {WAITS[saga.waits_for]}
                </Anchor>
              </Table.Td>
              <Table.Td className="numbers">{lastingInWords(saga.age_seconds)}</Table.Td>
              <Table.Td visibleFrom="sm" className="numbers">
                {saga.asks === 0 ? "not yet" : saga.asks === 1 ? "once" : `${saga.asks} times`}
              </Table.Td>
              <Table.Td visibleFrom="sm" className="numbers">
                {saga.gives_up_at ? <Moment at={saga.gives_up_at} inWords={momentInWords} /> : "never"}
              </Table.Td>
              <Table.Td>
                {saga.status === "offered" ? <Tag tone="waiting">{OFFERED}</Tag> : <StatusBadge status={saga.status} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
