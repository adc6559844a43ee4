// People by name: found by any part of it, walked through by arrows, read on as far as somebody likes.
import { Anchor, Group, Paper, Table } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import { Link, useNavigate } from "react-router";
import { Loaded, type LoadedProps, Places, SearchField, ShowMore, TableHead, useAt, walkRows } from "@/ui";
import classes from "./People.module.css";

export interface Column<Person> {
  readonly name: string;
  readonly cell: (person: Person) => ReactNode;
  readonly from?: "sm" | "md";
}

type Found<Person> = LoadedProps<{ pages: { items: Person[] }[] }>["query"] & {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
};

interface PeopleListProps<Person> {
  readonly name: string;
  readonly words: string;
  readonly onWords: (words: string) => void;
  readonly found: Found<Person>;
  readonly path: (person: Person) => string;
  readonly columns: readonly Column<Person>[];
  /** Stands beside the search. */
  readonly filter?: ReactNode;
  readonly empty: ReactNode;
}

export function PeopleList<Person extends { id: string; full_name: string }>(props: PeopleListProps<Person>) {
  const { name, words, onWords, found, path, columns, filter, empty } = props;
  const rows = useRef<HTMLTableSectionElement>(null);
  const people = found.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <Places
        name="Clients and therapists"
        places={[
          ["Clients", "/people"],
          ["Therapists", "/people/therapists"],
        ]}
      />
      <Group gap="sm" role="search" aria-label={name}>
        <SearchField
          aria-label="Name"
          placeholder="Any part of a name"
          value={words}
          onChange={onWords}
          onDown={() => rows.current?.querySelector<HTMLElement>("[data-row]")?.focus()}
          flex="1 1 240px"
        />
        {filter}
      </Group>
      <Loaded query={found}>
        {() =>
          people.length === 0 ? (
            empty
          ) : (
            <>
              <Paper withBorder>
                <Table highlightOnHover verticalSpacing={8} aria-label={name}>
                  <TableHead
                    columns={[
                      "Name",
                      ...columns.map((column) => ({
                        name: column.name,
                        ...(column.from ? { visibleFrom: column.from } : {}),
                      })),
                    ]}
                  />
                  <Table.Tbody ref={rows} onKeyDown={walkRows}>
                    {people.map((person) => (
                      <Row key={person.id} person={person} to={path(person)} columns={columns} />
                    ))}
                  </Table.Tbody>
                </Table>
              </Paper>
              <ShowMore found={found} count={found.hasNextPage ? `${people.length}` : `${people.length} found`} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

interface RowProps<Person> {
  readonly person: Person;
  readonly to: string;
  readonly columns: readonly Column<Person>[];
}

function Row<Person extends { full_name: string }>({ person, to, columns }: RowProps<Person>) {
  const navigate = useNavigate();
  const at = useAt();
  return (
    <Table.Tr className={classes.row ?? ""} onClick={() => void navigate(at(to))}>
      <Table.Td>
        <Anchor component={Link} to={at(to)} data-row size="sm" fw={600} onClick={(event) => event.stopPropagation()}>
          {person.full_name}
        </Anchor>
      </Table.Td>
      {columns.map(({ name, cell, from }) => (
        <Table.Td key={name} className="numbers" {...(from ? { visibleFrom: from } : {})}>
          {cell(person)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
