// A series: every session that was booked by one rule, and what can be done with this one, the following ones or all of them.
import { Anchor, Button, Group, Table, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { api, inOneText, type Session } from "@/api";
import { useClients, useTherapist } from "@/features/people/names";
import { BookedInstead } from "@/features/sessions/BookedInstead";
import { StatusBadge } from "@/features/sessions/StatusBadge";
import { datesOf } from "@/features/sessions/series";
import { canUndo } from "@/features/sessions/standing";
import { useStep } from "@/features/sessions/steps";
import { notifyUndone } from "@/features/sessions/undone";
import { SiteNotFound, siteInWords, useFollowSite, useSiteOf } from "@/features/site";
import { dayInWords, dayOf, isPast, momentInWords, spanInWords, timeInWords, timeOf, useNow } from "@/time";
import { Facts, LoadedPage, notify, Page, Panel, TableHead, Tag, useAt } from "@/ui";
import { CancelSeries } from "./CancelSeries";
import { LastCancellation, useUndoCancellation } from "./LastCancellation";
import { LastMoves } from "./LastMoves";
import { MoveSeries } from "./MoveSeries";
import { cancelledNotice, ruleInWords, type Series } from "./rule";

type Doing = { readonly what: "move" | "cancel"; readonly session: Session };

export function Component() {
  const { seriesId = "" } = useParams();
  const series = api.useQuery("get", "/api/scheduling/series/{series_id}", {
    params: { path: { series_id: seriesId } },
  });
  return (
    <LoadedPage query={series} named={{ kind: "series", all: "All sessions", path: "/sessions" }}>
      {(found) => <SeriesPage series={found} />}
    </LoadedPage>
  );
}

function SeriesPage({ series }: { series: Series }) {
  const { occurrences, problems } = series;
  useFollowSite(series.site_id);
  const { site, zone } = useSiteOf(series.site_id);
  const [doing, setDoing] = useState<Doing | null>(null);
  const undo = useUndoCancellation(series.id);
  const [first] = occurrences;
  const clients = useClients(first?.client_ids ?? [series.client_id]);
  const therapist = useTherapist(first?.therapist_id ?? null);
  const isAwaited = clients.some((client) => client.isAwaited);
  const open = occurrences.filter(isOpen);
  const [next] = open;
  return (
    <Page
      title={isAwaited ? "Series" : `Series of ${clients.map(({ name }) => name).join(", ")}`}
      isAwaited={isAwaited}
      about={`${ruleInWords(series.rrule)} · ${site ? siteInWords(site) : "site not found"}`}
      actions={
        next && (
          <>
            <Button variant="default" onClick={() => setDoing({ what: "move", session: next })}>
              Move sessions
            </Button>
            <Button
              variant="default"
              c="var(--mantine-color-error)"
              onClick={() => setDoing({ what: "cancel", session: next })}
            >
              Cancel sessions
            </Button>
          </>
        )
      }
    >
      <SiteNotFound site={site} />
      <Panel title="Facts">
        <Facts
          facts={[
            ["Service", first && `${first.service_code} · ${first.service_name}`],
            ["Therapist", therapist.data?.full_name],
            ["Sessions", `${occurrences.length}, of which ${open.length} lie ahead`],
            ["Booked", momentInWords(series.created_at, zone)],
          ]}
        />
      </Panel>
      <LastCancellation series={series} undo={undo} zone={zone} />
      <LastMoves seriesId={series.id} zone={zone} />
      <Panel title="Sessions">
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={6} aria-label="Sessions of the series">
            <TableHead columns={["When", "Room", "Status", { name: "Actions", isHidden: true }]} />
            <Table.Tbody>
              {datesOf(occurrences, problems).map((date) =>
                "status" in date ? (
                  <Booked key={date.id} session={date} zone={zone} onSubmit={setDoing} />
                ) : (
                  <NotBooked key={date.starts_at} date={date} series={series} zone={zone} />
                ),
              )}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Panel>
      {doing?.what === "move" && (
        <MoveSeries series={series} session={doing.session} zone={zone} onClose={() => setDoing(null)} />
      )}
      {doing?.what === "cancel" && (
        <CancelSeries
          series={series}
          session={doing.session}
          zone={zone}
          onClose={() => setDoing(null)}
          onUndo={undo.send}
        />
      )}
    </Page>
  );
}

interface BookedProps {
  readonly session: Session;
  readonly zone: string;
  readonly onSubmit: (doing: Doing) => void;
}

function Booked({ session, zone, onSubmit }: BookedProps) {
  const at = useAt();
  const day = dayInWords(dayOf(session.starts_at, zone));
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={at(`/sessions/${session.id}`)} size="sm" underline="always">
          {day}
        </Anchor>
        <Text size="xs" c="dimmed" className="numbers">
          {spanInWords(session.starts_at, session.ends_at, zone)}
        </Text>
      </Table.Td>
      <Table.Td className="numbers">{session.room_number ?? "–"}</Table.Td>
      <Table.Td>
        {session.rescheduling ? (
          <Tag tone="waiting">moving</Tag>
        ) : session.undoing ? (
          <Tag tone="waiting">waiting for its room</Tag>
        ) : (
          <StatusBadge status={session.status} />
        )}
      </Table.Td>
      <Table.Td>
        {session.status === "cancelled" && <UndoCancellation session={session} day={day} />}
        {isOpen(session) && (
          <Group gap={6} justify="flex-end">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Move from ${day}`}
              onClick={() => onSubmit({ what: "move", session })}
            >
              Move
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              c="var(--mantine-color-error)"
              aria-label={`Cancel from ${day}`}
              onClick={() => onSubmit({ what: "cancel", session })}
            >
              Cancel
            </Button>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** Books a session of the series again that was cancelled by mistake; offered for some minutes. */
function UndoCancellation({ session, day }: { session: Session; day: string }) {
  useNow(1);
  const step = useStep(session.id);
  if (!canUndo(session)) {
    return null;
  }
  const undone = (after: Session) => {
    if (after.status === "booked") {
      notify.forget(cancelledNotice(after.series_id ?? ""));
    }
    notifyUndone(after);
  };
  return (
    <Group gap={6} justify="flex-end">
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Undo the cancellation of ${day}`}
        loading={step.isPending}
        onClick={() =>
          step.mutate(
            { step: "undo" },
            { onSuccess: undone, onError: (error) => notify.problem(error, "The cancellation was not undone") },
          )
        }
      >
        Undo
      </Button>
    </Group>
  );
}

interface NotBookedProps {
  readonly date: Series["problems"][number];
  readonly series: Series;
  readonly zone: string;
}

/** A date on which no session could be booked: the session that is booked in its place, or why, and the way to another time for it. */
function NotBooked({ date, series, zone }: NotBookedProps) {
  const at = useAt();
  const [first] = series.occurrences;
  const query = new URLSearchParams({
    client: series.client_id,
    ...(first ? { therapist: first.therapist_id, service: first.service_id } : {}),
    day: dayOf(date.starts_at, zone),
    time: timeOf(date.starts_at, zone),
    beside: series.id,
    instead: date.starts_at,
  });
  for (const other of first?.client_ids ?? []) {
    if (other !== series.client_id) {
      query.append("with", other);
    }
  }
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{dayInWords(dayOf(date.starts_at, zone))}</Text>
        <Text size="xs" c="dimmed" className="numbers">
          {timeInWords(date.starts_at, zone)}
        </Text>
      </Table.Td>
      <Table.Td>–</Table.Td>
      <Table.Td colSpan={2}>
        {date.booked_instead ? (
          <BookedInstead session={date.booked_instead} zone={zone} />
        ) : (
          <>
            <Text size="sm">Not booked: {inOneText(date.problems)}</Text>
            <Anchor
              component={Link}
              to={at(`/book?${query}`)}
              size="sm"
              underline="always"
              aria-label={`Find another time for ${dayInWords(dayOf(date.starts_at, zone))}`}
            >
              Find another time
            </Anchor>
          </>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function isOpen(session: Session): boolean {
  return ["requested", "offered", "booked"].includes(session.status) && !isPast(session.starts_at);
}
