// Ctrl+K: pages by name, clients and therapists by theirs.

import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch, IconStethoscope, IconUser } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { NAVIGATION } from "@/routes";
import { useAt } from "@/site";

const FOUND_AT_MOST = 6;
const TYPING_MS = 150;

export const openSearch = spotlight.open;

export function Search() {
  const [words, setWords] = useState("");
  const [settled] = useDebouncedValue(words.trim(), TYPING_MS);
  const navigate = useNavigate();
  const at = useAt();
  const asked = { params: { query: { q: settled, limit: FOUND_AT_MOST } } };
  const enabled = settled.length > 1;
  const clients = api.useQuery("get", "/api/scheduling/clients", asked, { enabled });
  const therapists = api.useQuery("get", "/api/scheduling/therapists", asked, { enabled });

  const pages = NAVIGATION.filter(({ name, about }) =>
    `${name} ${about}`.toLowerCase().includes(words.trim().toLowerCase()),
  );
  const go = (path: string) => () => void navigate(at(path));
  const people = enabled
    ? [
        ...(clients.data?.items ?? []).map(({ id, full_name }) => ({
          id,
          label: full_name,
          description: "Client",
          leftSection: <IconUser size={20} aria-hidden />,
          onClick: go(`/sessions?client=${id}`),
        })),
        ...(therapists.data?.items ?? []).map(({ id, full_name, credential }) => ({
          id,
          label: full_name,
          description: credential ? `Therapist, ${credential}` : "Therapist",
          leftSection: <IconStethoscope size={20} aria-hidden />,
          onClick: go(`/calendar?view=week&therapist=${id}`),
        })),
      ]
    : [];

  return (
    <Spotlight
      actions={[
        {
          group: "Pages",
          actions: pages.map(({ path, name, about, icon: Icon }) => ({
            id: path,
            label: name,
            description: about,
            leftSection: <Icon size={20} aria-hidden />,
            onClick: go(`/${path}`),
          })),
        },
        { group: "People", actions: people },
      ]}
      query={words}
      onQueryChange={setWords}
      filter={(_, actions) => actions}
      shortcut="mod + K"
      nothingFound="Nothing has that name"
      searchProps={{
        placeholder: "A page, a client, a therapist",
        "aria-label": "Search",
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
      highlightQuery={false}
    />
  );
}
