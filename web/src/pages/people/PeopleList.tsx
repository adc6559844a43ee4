// People by name: found by any part of it, walked through by arrows, read on as far as somebody likes.
import { Anchor, Button, CloseButton, Group, Paper, Table, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { Link, useNavigate } from "react-router";
import { Places, Shown, walkRows } from "@/parts";
import { useAt } from "@/site";
import classes from "./People.module.css";

const LONGEST_SEARCH = 100;

export interface Column<Person> {
  readonly name: string;
  readonly cell: (person: Person) => ReactNode;
  readonly from?: "sm" | "md";
}

interface Found<Person> {
  readonly data: { pages: { items: Person[] }[] } | undefined;
  readonly error: unknown;
  readonly refetch: () => Promise<unknown>;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

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
        <TextInput
          aria-label="Name"
          placeholder="Any part of a name"
          leftSection={<IconSearch size={17} aria-hidden />}
          rightSection={words && <CloseButton size="sm" aria-label="Clear the search" onClick={() => onWords("")} />}
          value={words}
          maxLength={LONGEST_SEARCH}
          flex="1 1 240px"
          onChange={(event) => onWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") {
              event.preventDefault();
              rows.current?.querySelector<HTMLElement>("[data-row]")?.focus();
            }
          }}
        />
        {filter}
      </Group>
      <Shown query={found}>
        {() =>
          people.length === 0 ? (
            empty
          ) : (
            <>
              <Paper withBorder>
                <Table highlightOnHover verticalSpacing={8} aria-label={name}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Name</Table.Th>
                      {columns.map((column) => (
                        <Table.Th key={column.name} {...(column.from ? { visibleFrom: column.from } : {})}>
                          {column.name}
                        </Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody ref={rows} onKeyDown={walkRows}>
                    {people.map((person) => (
                      <Row key={person.id} person={person} to={path(person)} columns={columns} />
                    ))}
                  </Table.Tbody>
                </Table>
              </Paper>
              <Group justify="space-between">
                <Text size="sm" c="dimmed" role="status">
                  {found.hasNextPage ? `The first ${people.length}` : `${people.length} found`}
                </Text>
                {found.hasNextPage && (
                  <Button
                    variant="default"
                    loading={found.isFetchingNextPage}
                    onClick={() => void found.fetchNextPage()}
                  >
                    Show more
                  </Button>
                )}
              </Group>
            </>
          )
        }
      </Shown>
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
