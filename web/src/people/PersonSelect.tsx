// Somebody, found by typing any part of a name.
import { Loader, Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { api, type Client } from "@/api";
import { ClientForm } from "./ClientForm";

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;
const ADD = "add";

interface PersonSelectProps extends Omit<SelectProps, "value" | "onChange" | "data"> {
  readonly value: string | null;
  readonly onChange: (personId: string | null) => void;
}

interface ClientSelectProps extends PersonSelectProps {
  /** Whether only those are meant who are there already. */
  readonly onlyKnown?: boolean;
}

/** A client; who is not there yet is added without leaving. */
export function ClientSelect({ value, onChange, onlyKnown = false, ...props }: ClientSelectProps) {
  const [typed, setTyped] = useState("");
  const [adding, setAdding] = useState<string | null>(null);
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const chosen = api.useQuery(
    "get",
    "/api/scheduling/clients/{client_id}",
    { params: { path: { client_id: value ?? "" } } },
    { enabled: value !== null },
  );
  // What stands in the field after a choice is a name, not a search.
  const search = words === chosen.data?.full_name ? "" : words;
  const found = api.useQuery(
    "get",
    "/api/scheduling/clients",
    { params: { query: { limit: FOUND_AT_MOST, ...(search ? { q: search } : {}) } } },
    { placeholderData: (before) => before },
  );
  const isSettled = words === typed.trim() && !found.isPlaceholderData;
  const people = matching(withChosen(found.data?.items ?? [], chosen.data), isSettled ? "" : typed);

  function add(client: Client): void {
    setAdding(null);
    setTyped(client.full_name);
    onChange(client.id);
  }

  return (
    <>
      <Select
        {...props}
        searchable
        clearable
        value={value}
        searchValue={typed}
        onSearchChange={setTyped}
        // The service has searched already, in every word of the name.
        filter={({ options }) => options}
        data={[
          ...people.map(({ id, full_name }) => ({ value: id, label: full_name })),
          ...(search && isSettled && !onlyKnown ? [{ value: ADD, label: `Add “${search}”` }] : []),
        ]}
        onChange={(picked) => (picked === ADD ? setAdding(search) : onChange(picked))}
        nothingFoundMessage="No matching client"
        rightSection={found.isFetching && search ? <Loader size={16} /> : undefined}
      />
      <ClientForm opened={adding !== null} name={adding ?? ""} onClose={() => setAdding(null)} onDone={add} />
    </>
  );
}

/** A therapist who works at this site, or anywhere. */
export function TherapistSelect({ siteId, value, onChange, ...props }: PersonSelectProps & { siteId: string }) {
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const chosen = api.useQuery(
    "get",
    "/api/scheduling/therapists/{therapist_id}",
    { params: { path: { therapist_id: value ?? "" } } },
    { enabled: value !== null },
  );
  const search = words === chosen.data?.full_name ? "" : words;
  const found = api.useQuery(
    "get",
    "/api/scheduling/therapists",
    { params: { query: { site_id: siteId, is_active: true, limit: FOUND_AT_MOST, ...(search ? { q: search } : {}) } } },
    { placeholderData: (before) => before },
  );
  const isSettled = words === typed.trim() && !found.isPlaceholderData;
  const people = matching(withChosen(found.data?.items ?? [], chosen.data), isSettled ? "" : typed);
  return (
    <Select
      {...props}
      searchable
      clearable
      value={value}
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={people.map(({ id, full_name, credential }) => ({
        value: id,
        label: credential ? `${full_name}, ${credential}` : full_name,
      }))}
      onChange={onChange}
      nothingFoundMessage="No matching therapist at this site"
    />
  );
}

function withChosen<Person extends { id: string }>(found: readonly Person[], chosen: Person | undefined): Person[] {
  return chosen && !found.some(({ id }) => id === chosen.id) ? [chosen, ...found] : [...found];
}

/** Until the service has answered for what is typed now, nobody is offered whom that cannot mean. */
function matching<Person extends { full_name: string }>(people: readonly Person[], typed: string): Person[] {
  const words = typed
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return people.filter(({ full_name }) => words.every((word) => full_name.toLowerCase().includes(word)));
}
