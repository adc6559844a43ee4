// Somebody, found by typing any part of a name.
import { Loader, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Client, type Therapist } from "@/api";
import { type Choice, later, SearchSelect, useFailure } from "@/ui";
import { contactInWords } from "./contact";

const ClientForm = later(async () => (await import("./ClientForm")).ClientForm);

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;
const ADD = "add";
const CONTACT_BENEATH = ["label", "input", "description", "error"] as const;

type Further = Omit<SelectProps, "value" | "onChange" | "data" | "filter" | "ref">;

interface PersonSelectProps extends Further {
  readonly value: string | null;
  readonly onChange: (personId: string | null) => void;
}

interface ClientSelectProps extends PersonSelectProps {
  /** Whether only those are meant who are there already. */
  readonly onlyKnown?: boolean;
  /** Whether the contact of who is chosen stands beneath: which of two with one name it is. */
  readonly showsContact?: boolean;
}

/** A client; who is not there yet is added without leaving. */
export function ClientSelect({
  value,
  onChange,
  onlyKnown = false,
  showsContact = false,
  ...props
}: ClientSelectProps) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [adding, setAdding] = useState<string | null>(null);
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const client = (client_id: string) =>
    api.queryOptions("get", "/api/scheduling/clients/{client_id}", { params: { path: { client_id } } });
  const chosen = useQuery({ ...client(value ?? ""), enabled: value !== null });
  // What stands in the field after a choice is a name, not a search.
  const search = words === chosen.data?.full_name ? "" : words;
  const found = api.useQuery(
    "get",
    "/api/scheduling/clients",
    { params: { query: { limit: FOUND_AT_MOST, ...(search ? { q: search } : {}) } } },
    { placeholderData: (before) => before },
  );
  const failure = useFailure(found);
  const isSettled = words === typed.trim() && found.data !== undefined && !found.isPlaceholderData;
  const people = matching(found.data?.items ?? [], isSettled ? "" : typed);

  function add(added: Client): void {
    setAdding(null);
    setTyped(added.full_name);
    onChange(added.id);
  }

  function pick(id: string | null): void {
    if (id === ADD) {
      setAdding(search);
      return;
    }
    const picked = people.find((each) => each.id === id);
    if (picked) {
      // Known at once: a field whose choice is not known yet keeps its form from being sent.
      queries.setQueryData(client(picked.id).queryKey, picked);
    }
    onChange(id);
  }

  return (
    <>
      <SearchSelect
        {...(showsContact && chosen.data
          ? { description: contactInWords(chosen.data), inputWrapperOrder: [...CONTACT_BENEATH] }
          : {})}
        {...props}
        clearable
        value={value}
        typed={typed}
        onType={setTyped}
        isSettled={isSettled}
        failure={failure}
        chosen={value !== null && chosen.data ? clientChoice(chosen.data) : null}
        found={[
          ...people.map(clientChoice),
          ...(search && isSettled && !onlyKnown ? [{ value: ADD, label: `Add “${search}”` }] : []),
        ]}
        onChange={pick}
        nothingFoundMessage="No matching client"
        rightSection={found.isFetching && search ? <Loader size={16} /> : undefined}
      />
      {adding !== null && <ClientForm name={adding} onClose={() => setAdding(null)} onDone={add} />}
    </>
  );
}

/** A therapist who works at this site, or anywhere. */
export function TherapistSelect({ siteId, value, onChange, ...props }: PersonSelectProps & { siteId: string }) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const therapist = (therapist_id: string) =>
    api.queryOptions("get", "/api/scheduling/therapists/{therapist_id}", { params: { path: { therapist_id } } });
  const chosen = useQuery({ ...therapist(value ?? ""), enabled: value !== null });
  const search = chosen.data && words === therapistChoice(chosen.data).label ? "" : words;
  const found = api.useQuery(
    "get",
    "/api/scheduling/therapists",
    { params: { query: { site_id: siteId, is_active: true, limit: FOUND_AT_MOST, ...(search ? { q: search } : {}) } } },
    { placeholderData: (before) => before },
  );
  const failure = useFailure(found);
  const isSettled = words === typed.trim() && found.data !== undefined && !found.isPlaceholderData;
  const people = matching(found.data?.items ?? [], isSettled ? "" : typed);

  function pick(id: string | null): void {
    const picked = people.find((each) => each.id === id);
    if (picked) {
      // As for a client.
      queries.setQueryData(therapist(picked.id).queryKey, picked);
    }
    onChange(id);
  }

  return (
    <SearchSelect
      {...props}
      clearable
      value={value}
      typed={typed}
      onType={setTyped}
      isSettled={isSettled}
      failure={failure}
      chosen={value !== null && chosen.data ? therapistChoice(chosen.data) : null}
      found={people.map(therapistChoice)}
      onChange={pick}
      nothingFoundMessage="No matching therapist at this site"
    />
  );
}

function therapistChoice({ id, full_name, credential }: Therapist): Choice {
  return { value: id, label: credential ? `${full_name}, ${credential}` : full_name };
}

function clientChoice(client: Client): Choice {
  return { value: client.id, label: client.full_name, about: contactInWords(client) };
}

/** Until the service has answered for what is typed now, nobody is offered whom that cannot mean. */
function matching<Person extends { full_name: string }>(people: readonly Person[], typed: string): Person[] {
  const words = typed
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return people.filter(({ full_name }) => words.every((word) => full_name.toLowerCase().includes(word)));
}
