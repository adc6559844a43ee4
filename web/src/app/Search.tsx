// Ctrl+K: pages, clients, therapists and services by any words of theirs.
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { IconClipboardList, IconFileText, IconSearch, IconStethoscope, IconUser, IconUsers } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { ProblemNotice } from "@/parts";
import { hasEveryWord } from "@/parts/words";
import { NAVIGATION, PAGES } from "@/routes";
import { useAt } from "@/site";

const FOUND_AT_MOST = 6;
const TYPING_MS = 150;
/** Shorter searches find pages only. */
const SHORTEST = 2;
const LIST_HEIGHT = 420;

export const openSearch = spotlight.open;

type Found = readonly (readonly [group: string, actions: readonly SpotlightActionData[]])[];

export function Search() {
  const [typed, setTyped] = useState("");
  const { groups, isSettled, error } = useFound(typed.trim());
  const list = useRef<HTMLDivElement>(null);
  const opensFirst = useRef(false);
  const first = () => list.current?.querySelector<HTMLElement>("[data-action]");
  const isEmpty = groups.every(([, actions]) => actions.length === 0);

  // Whatever is found later takes the place of what was marked: the first is marked again, and opened where Enter was pressed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other results have another first
  useEffect(() => {
    if (!list.current?.querySelector("[data-selected]")) {
      first()?.setAttribute("data-selected", "true");
    }
    if (isSettled && opensFirst.current) {
      opensFirst.current = false;
      first()?.click();
    }
  }, [groups, isSettled]);

  function press(event: KeyboardEvent): void {
    if (event.key !== "Enter") {
      opensFirst.current = false;
    } else if (!isSettled) {
      event.preventDefault();
      event.stopPropagation();
      list.current?.querySelector("[data-selected]")?.removeAttribute("data-selected");
      opensFirst.current = true;
    }
  }

  return (
    <Spotlight.Root
      query={typed}
      onQueryChange={setTyped}
      onSpotlightOpen={() => setTyped("")}
      shortcut="mod + K"
      tagsToIgnore={[]}
      scrollable
      maxHeight={LIST_HEIGHT}
    >
      <Spotlight.Search
        placeholder="A page, a client, a therapist, a service"
        aria-label="Search"
        leftSection={<IconSearch size={18} aria-hidden />}
        onKeyDown={press}
      />
      <Spotlight.ActionsList ref={list}>
        {groups.map(
          ([group, actions]) =>
            actions.length > 0 && (
              <Spotlight.ActionsGroup key={group} label={group}>
                {actions.map(({ id, ...action }) => (
                  <Spotlight.Action key={id} {...action} />
                ))}
              </Spotlight.ActionsGroup>
            ),
        )}
        {error !== null && <ProblemNotice error={error} />}
        {isEmpty && error === null && (
          <Spotlight.Empty role="status">
            {isSettled ? `Nothing is found for “${typed.trim()}”.` : "Searching…"}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** What is found for the words, and whether that is all. */
function useFound(words: string): { groups: Found; isSettled: boolean; error: unknown } {
  const [settled] = useDebouncedValue(words, TYPING_MS);
  const navigate = useNavigate();
  const at = useAt();
  const enabled = settled.length >= SHORTEST;
  const asked = { params: { query: { q: settled, limit: FOUND_AT_MOST } } };
  const clients = api.useQuery("get", "/api/scheduling/clients", asked, { enabled });
  const therapists = api.useQuery("get", "/api/scheduling/therapists", asked, { enabled });
  const services = api.useQuery("get", "/api/catalog/services", asked, { enabled });
  const all = [clients, therapists, services];
  const go = (path: string) => () => void navigate(at(path));

  const pages = [...NAVIGATION, ...PAGES].flatMap(({ path, name, about, icon: Icon = IconFileText }) =>
    name && hasEveryWord(`${name} ${about ?? ""}`, words)
      ? [
          {
            id: path,
            label: name,
            description: about ?? "",
            leftSection: <Icon size={20} aria-hidden />,
            onClick: go(`/${path}`),
          },
        ]
      : [],
  );
  const people = [
    ...(clients.data?.items ?? []).map(({ id, full_name, phone, email }) => ({
      id,
      label: full_name,
      description: ["Client", phone, email].filter(Boolean).join(" · "),
      leftSection: <IconUser size={20} aria-hidden />,
      onClick: go(`/people/clients/${id}`),
    })),
    ...(therapists.data?.items ?? []).map(({ id, full_name, credential }) => ({
      id,
      label: full_name,
      description: credential ? `Therapist, ${credential}` : "Therapist",
      leftSection: <IconStethoscope size={20} aria-hidden />,
      onClick: go(`/people/therapists/${id}`),
    })),
  ];
  const codes = (services.data?.items ?? []).map(({ id, service_code, service_name }) => ({
    id,
    label: service_name,
    description: service_code,
    leftSection: <IconClipboardList size={20} aria-hidden />,
    onClick: go(`/catalog/${id}`),
  }));
  // Only some are listed here; the page of clients lists on.
  const further = clients.data?.next_cursor
    ? [
        {
          id: "further-clients",
          label: "All matching clients",
          description: `The first ${FOUND_AT_MOST} are shown here`,
          leftSection: <IconUsers size={20} aria-hidden />,
          onClick: go(`/people?${new URLSearchParams({ q: settled })}`),
        },
      ]
    : [];
  const pagesAndPeople: Found = [
    ["Pages", pages],
    ["People", enabled ? [...people, ...further] : []],
  ];
  const coded: Found = [["Services", enabled ? codes : []]];
  // Who types a whole code means that service, not a client with these digits in the telephone number.
  const isCode = codes[0]?.description.toUpperCase() === settled.toUpperCase();
  return {
    groups: isCode ? [...coded, ...pagesAndPeople] : [...pagesAndPeople, ...coded],
    isSettled: words === settled && (!enabled || all.every(({ isFetching }) => !isFetching)),
    error: enabled ? (all.find(({ error }) => error)?.error ?? null) : null,
  };
}
