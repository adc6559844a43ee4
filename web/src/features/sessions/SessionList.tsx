import { Anchor, Table, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api, type Session } from "@/api";
import { useNames } from "@/features/people/names";
import { dayInWords, dayOf, spanInWords } from "@/time";
import { TableHead, useAt } from "@/ui";
import { numberInWords } from "@/ui/text";

const NAMED_AT_MOST = 25;

export interface Meant {
  readonly session_id: string;
  readonly starts_at: string;
  readonly ends_at: string;
}

interface SessionListProps<One extends Meant> {
  readonly name: string;
  readonly sessions: readonly One[];
  /** How many they are in all, where `sessions` has only the first of them. */
  readonly count?: number;
  readonly zone: string;
  /** A further column. */
  readonly also?: readonly [title: string, cell: (session: One) => ReactNode];
}

/** Sessions that something is about: when, who, and where to read more. */
export function SessionList<One extends Meant>({ name, sessions, count, zone, also }: SessionListProps<One>) {
  const at = useAt();
  const shown = sessions.slice(0, NAMED_AT_MOST);
  const more = (count ?? sessions.length) - shown.length;
  const found = useQueries({
    queries: shown.map(({ session_id }) =>
      api.queryOptions("get", "/api/scheduling/sessions/{session_id}", { params: { path: { session_id } } }),
    ),
  });
  const read = found.map(({ data }) => data);
  const names = useNames({
    clients: read.flatMap((session) => (session ? [session.client_id] : [])),
    therapists: read.flatMap((session) => (session ? [session.therapist_id] : [])),
  });
  return (
    <>
      <Table.ScrollContainer minWidth={0}>
        <Table verticalSpacing={6} aria-label={name}>
          <TableHead columns={["When", "Who", also ? also[0] : false]} />
          <Table.Tbody>
            {shown.map((session, index) => (
              <Table.Tr key={session.session_id}>
                <Table.Td>
                  <Text size="sm" className="numbers">
                    {dayInWords(dayOf(session.starts_at, zone))}
                  </Text>
                  <Text size="xs" c="dimmed" className="numbers">
                    {spanInWords(session.starts_at, session.ends_at, zone)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={at(`/sessions/${session.session_id}`)} size="sm" underline="always">
                    {whoIn(read[index], names)}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    {[names.get(read[index]?.therapist_id ?? ""), read[index]?.service_code]
                      .filter(Boolean)
                      .join(" · ")}
                  </Text>
                </Table.Td>
                {also && <Table.Td>{also[1](session)}</Table.Td>}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {more > 0 && (
        <Text size="sm" c="dimmed">
          and {numberInWords(more)} more
        </Text>
      )}
    </>
  );
}

function whoIn(session: Session | undefined, names: ReadonlyMap<string, string>): string {
  const name = names.get(session?.client_id ?? "");
  const others = (session?.client_ids.length ?? 1) - 1;
  return name ? `${name}${others > 0 ? ` and ${others} more` : ""}` : "Open the session";
}
