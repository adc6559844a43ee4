// Clients: who comes.
import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch, IconUserPlus } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, type Client } from "@/api";
import { ClientForm } from "@/features/people/ClientForm";
import { Empty, Page, useAt } from "@/ui";
import { type Column, PeopleList } from "./PeopleList";
import { usePeopleAddress } from "./usePeopleAddress";

const PIECE = 50;

const COLUMNS: readonly Column<Client>[] = [
  {
    name: "Phone",
    cell: ({ phone, email }) => (
      <>
        {phone ?? "–"}
        {email && (
          <Text size="xs" c="dimmed" hiddenFrom="sm" style={{ overflowWrap: "anywhere" }}>
            {email}
          </Text>
        )}
      </>
    ),
  },
  { name: "E-mail", cell: ({ email }) => email ?? "–", from: "sm" },
];

export function Component() {
  const { words, setWords, settled } = usePeopleAddress();
  const [adding, add] = useDisclosure(false);
  const navigate = useNavigate();
  const at = useAt();
  const clients = api.useInfiniteQuery(
    "get",
    "/api/scheduling/clients",
    { params: { query: { limit: PIECE, ...(settled ? { q: settled } : {}) } } },
    {
      // The client leaves out what is null; undefined would become a number.
      initialPageParam: null,
      pageParamName: "cursor",
      getNextPageParam: ({ next_cursor }) => next_cursor ?? null,
      placeholderData: keepPreviousData,
    },
  );
  const addOne = (
    <Button onClick={add.open} leftSection={<IconUserPlus size={17} aria-hidden />}>
      Add a client
    </Button>
  );
  return (
    <Page title="Clients & therapists" about="Clients and therapists of the network." actions={addOne}>
      <PeopleList
        name="Clients"
        words={words}
        onWords={setWords}
        found={clients}
        path={({ id }) => `/people/clients/${id}`}
        columns={COLUMNS}
        empty={
          settled ? (
            <Empty
              title="No matching client"
              icon={IconSearch}
              action={{ name: `Add “${settled}”`, onClick: add.open }}
            >
              Every word must occur in the name. New clients are added here or while booking.
            </Empty>
          ) : (
            <Empty title="There are no clients yet" action={{ name: "Add the first client", onClick: add.open }}>
              A client has a name and, optionally, a phone number and an e-mail address.
            </Empty>
          )
        }
      />
      {adding && (
        <ClientForm
          name={settled}
          onClose={add.close}
          onDone={({ id }) => void navigate(at(`/people/clients/${id}`))}
        />
      )}
    </Page>
  );
}
