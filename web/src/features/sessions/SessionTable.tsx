import { Anchor, Paper, Table, Text } from "@mantine/core";
import { Fragment, type ReactNode, type Ref } from "react";
import { Link, useNavigate } from "react-router";
import type { Session, Site } from "@/api";
import { siteInWords, useSites, useSitesOf } from "@/features/site";
import { dayInWords, dayOf, spanInWords, zoneInWords } from "@/time";
import { TableHead, Tag, useAt, walkRows } from "@/ui";
import classes from "./SessionTable.module.css";
import { StatusBadge } from "./StatusBadge";
import { heldUntil } from "./standing";

const OVER = new Set(["cancelled", "rejected"]);
/** At most; a heading of a day goes over all of them. */
const COLUMNS = 6;

interface SessionTableProps {
  readonly name?: string;
  readonly sessions: readonly Session[];
  /** Whose list it is; they are not named in every row. */
  readonly of?: "client" | "therapist";
  readonly ref?: Ref<HTMLTableSectionElement>;
}

/** Sessions by day, on the clock of each one's site, which is named where one of them is not at the site that is looked at; a row is a link. */
export function SessionTable({ name = "Sessions", sessions, of, ref }: SessionTableProps) {
  const { site: here } = useSites();
  const sitesOf = useSitesOf(sessions.map(({ site_id }) => site_id));
  const placed = sessions.flatMap((session, index) => {
    const place = sitesOf[index];
    return place ? [{ session, ...place, day: dayOf(session.starts_at, place.zone) }] : [];
  });
  const isElsewhere = placed.some(({ session }) => session.site_id !== here?.id);
  const isOtherZone = placed.some(({ zone }) => zone !== here?.time_zone);
  return (
    <Paper withBorder>
      <Table highlightOnHover verticalSpacing={7} aria-label={name}>
        <TableHead
          columns={[
            "Time",
            of !== "client" && "Client",
            of !== "therapist" && { name: "Therapist", visibleFrom: "sm" },
            { name: "Service", visibleFrom: "md" },
            { name: "Room", visibleFrom: "sm" },
            "State",
          ]}
        />
        <Table.Tbody ref={ref} onKeyDown={walkRows}>
          {placed.map(({ session, site, zone, day }, index) => (
            <Fragment key={session.id}>
              {day !== placed[index - 1]?.day && (
                <Table.Tr>
                  <Table.Th colSpan={COLUMNS} scope="rowgroup" className={classes.day ?? ""}>
                    {dayInWords(day, { weekday: "long" })}
                  </Table.Th>
                </Table.Tr>
              )}
              <Row
                session={session}
                zone={zone}
                of={of}
                where={isElsewhere ? placeInWords(site, isOtherZone && session.starts_at) : null}
              />
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

/** The site of a session; with `at`, also how its clock is set then. */
function placeInWords(site: Site | undefined, at: string | false): string {
  if (!site) {
    return "site not found, time in UTC";
  }
  return [siteInWords(site), at && zoneInWords(site.time_zone, at)].filter(Boolean).join(" · ");
}

interface RowProps {
  readonly session: Session;
  readonly zone: string;
  readonly of: SessionTableProps["of"];
  readonly where: string | null;
}

function Row({ session, zone, of, where }: RowProps) {
  const navigate = useNavigate();
  const at = useAt();
  const to = at(`/sessions/${session.id}`);
  const others = session.client_ids.length - 1;
  const time = spanInWords(session.starts_at, session.ends_at, zone);
  const beneath = (
    <Text size="xs" c="dimmed" hiddenFrom="sm" style={{ whiteSpace: "normal" }}>
      {[session.therapist_name, session.service_code, session.room_number && `room ${session.room_number}`]
        .filter(Boolean)
        .join(" · ")}
    </Text>
  );
  return (
    <Table.Tr
      className={`${classes.row} ${OVER.has(session.status) ? classes.over : ""}`}
      onClick={() => void navigate(to)}
    >
      <Table.Td className={`numbers ${classes.time}`}>
        {of === "client" ? <Opens to={to}>{time}</Opens> : time}
        {where && (
          <Text size="xs" c="dimmed" style={{ whiteSpace: "normal" }}>
            {where}
          </Text>
        )}
        {of === "client" && beneath}
      </Table.Td>
      {of !== "client" && (
        <Table.Td>
          <Opens to={to}>
            {session.client_name ?? "A client"}
            {others > 0 && ` and ${others} more`}
          </Opens>
          {beneath}
        </Table.Td>
      )}
      {of !== "therapist" && <Table.Td visibleFrom="sm">{session.therapist_name}</Table.Td>}
      <Table.Td visibleFrom="md">
        {session.service_code}{" "}
        {!of && (
          <Text span size="sm" c="dimmed">
            {session.service_name}
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm" className="numbers">
        {session.room_number ?? "–"}
      </Table.Td>
      <Table.Td>
        <StatusBadge status={session.status} isHeld={heldUntil(session) !== null} />{" "}
        {session.therapist_off && <Tag tone="attention">therapist away</Tag>}
      </Table.Td>
    </Table.Tr>
  );
}

function Opens({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Anchor component={Link} to={to} data-row size="sm" fw={600} onClick={(event) => event.stopPropagation()}>
      {children}
    </Anchor>
  );
}
