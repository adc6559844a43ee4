// Ctrl+K: pages, clients, therapists, services, rooms, sites and payers by any words of theirs, claims and remittances by their numbers.
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import {
  IconBuilding,
  IconClipboardList,
  IconDoor,
  IconFileDollar,
  IconFileText,
  IconSearch,
  IconShieldHalf,
  IconStethoscope,
  IconUser,
  IconUsers,
} from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { api, type Room } from "@/api";
import { contactInWords } from "@/features/people/contact";
import { siteInWords, useSites } from "@/features/site";
import { dateInWords } from "@/time";
import { ProblemNotice, useAt } from "@/ui";
import { hasEveryWord } from "@/ui/text";
import { NAVIGATION, PAGES } from "./routes";

const FOUND_AT_MOST = 6;
const TYPING_MS = 150;
/** As the services limit it. */
const LONGEST = 100;
/** Shorter searches find pages only. */
const SHORTEST = 2;
const LIST_HEIGHT = 420;
/** Whole, or without its letters and zeros. */
const CONTROL_NUMBER = /^(?:hf)?\d+$/i;
/** What may be the whole number of a check or an electronic payment. */
const TRACE_NUMBER = /^(?=.*\d)\S{4,50}$/;

type Found = readonly (readonly [group: string, actions: readonly SpotlightActionData[]])[];

/** The search, opened whenever `asked` is another number. */
export function Search({ asked }: { asked: number }) {
  const [typed, setTyped] = useState("");
  const { groups, isSettled, error } = useFound(typed.trim());
  const list = useRef<HTMLDivElement>(null);
  const opensFirst = useRef(false);
  const first = () => list.current?.querySelector<HTMLElement>("[data-action]");
  const isEmpty = groups.every(([, actions]) => actions.length === 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that it is asked for
  useEffect(() => spotlight.open(), [asked]);

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
        placeholder="Page, client, therapist, service, room, site, payer, claim or remittance"
        maxLength={LONGEST}
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
            {isSettled ? `No results for “${typed.trim()}”.` : "Searching…"}
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
  const matching = { params: { query: { q: settled, limit: FOUND_AT_MOST } } };
  const clients = api.useQuery("get", "/api/scheduling/clients", matching, { enabled });
  const therapists = api.useQuery("get", "/api/scheduling/therapists", matching, { enabled });
  const services = api.useQuery("get", "/api/catalog/services", matching, { enabled });
  const inUse = { params: { query: { ...matching.params.query, is_active: true } } };
  const { site, allSites } = useSites();
  const here = { params: { query: { ...inUse.params.query, site_id: site?.id ?? "" } } };
  const roomsHere = api.useQuery("get", "/api/rooms/rooms", here, { enabled: enabled && site !== null });
  // Those of this site may be among them: as many more are requested as are shown of others.
  const anywhere = { params: { query: { ...inUse.params.query, limit: 2 * FOUND_AT_MOST } } };
  const rooms = api.useQuery("get", "/api/rooms/rooms", anywhere, { enabled });
  const sites = api.useQuery("get", "/api/rooms/sites", inUse, { enabled });
  const payers = api.useQuery("get", "/api/billing/payers", matching, { enabled });
  const numbered = { params: { query: { control_number: settled, limit: FOUND_AT_MOST } } };
  const isNumber = enabled && CONTROL_NUMBER.test(settled);
  const claims = api.useQuery("get", "/api/billing/claims", numbered, { enabled: isNumber });
  const isTrace = enabled && TRACE_NUMBER.test(settled);
  const traced = { params: { query: { trace_number: settled, limit: FOUND_AT_MOST } } };
  const remittances = api.useQuery("get", "/api/billing/remittances", traced, { enabled: isTrace });
  const all = [clients, therapists, services, roomsHere, rooms, sites, payers, claims, remittances];
  const siteNames = new Map(allSites.map((one) => [one.id, siteInWords(one)]));
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
    ...(clients.data?.items ?? []).map(({ id, full_name, ...contact }) => ({
      id,
      label: full_name,
      description: `Client · ${contactInWords(contact)}`,
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
  const asAction = ({ id, site_id, room_number, room_name }: Room) => ({
    id,
    label: `Room ${room_number}`,
    description: [room_name, siteNames.get(site_id)].filter(Boolean).join(" · "),
    leftSection: <IconDoor size={20} aria-hidden />,
    // The site of what is opened, whichever is looked at now.
    onClick: () => void navigate(`/rooms/${id}?site=${site_id}`),
  });
  const elsewhere = (rooms.data?.items ?? []).filter(({ site_id }) => site_id !== site?.id).slice(0, FOUND_AT_MOST);
  const furtherRooms =
    site && roomsHere.data?.next_cursor
      ? [
          {
            id: "further-rooms",
            label: `All rooms of ${site.site_name}`,
            description: `The first ${FOUND_AT_MOST} that match are shown here`,
            leftSection: <IconDoor size={20} aria-hidden />,
            onClick: go("/rooms"),
          },
        ]
      : [];
  const places = (sites.data?.items ?? []).map(({ id, site_name, address }) => ({
    id,
    label: site_name,
    description: ["Site, with its rooms", address].filter(Boolean).join(" · "),
    leftSection: <IconBuilding size={20} aria-hidden />,
    onClick: () => void navigate(`/rooms?site=${id}`),
  }));
  const billing = [
    ...(payers.data?.items ?? []).map(({ id, payer_name, payer_code }) => ({
      id,
      label: payer_name,
      description: `Payer · ${payer_code}`,
      leftSection: <IconShieldHalf size={20} aria-hidden />,
      onClick: go(`/billing/payers/${id}`),
    })),
    ...((isNumber && claims.data?.items) || []).map(({ id, record_id, control_number, payer_name, service_date }) => ({
      id,
      label: `Claim ${control_number}`,
      description: `${payer_name} · ${dateInWords(service_date)}`,
      leftSection: <IconFileDollar size={20} aria-hidden />,
      onClick: go(`/billing/records/${record_id}`),
    })),
    ...((isTrace && remittances.data?.items) || []).map(({ id, trace_number, payer_name, payment_date }) => ({
      id,
      label: `Remittance ${trace_number}`,
      description: [payer_name, payment_date && dateInWords(payment_date)].filter(Boolean).join(" · "),
      leftSection: <IconFileDollar size={20} aria-hidden />,
      onClick: go(`/billing/remittances/${id}`),
    })),
  ];
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
  const others: Found = enabled
    ? [
        [
          site ? `Rooms of ${site.site_name}` : "Rooms",
          [...(roomsHere.data?.items ?? []).map(asAction), ...furtherRooms],
        ],
        [site ? "Rooms in other sites" : "Rooms of all sites", elsewhere.map(asAction)],
        ["Sites", places],
        ["Payers, claims and remittances", billing],
      ]
    : [];
  // Who types a whole code means that service, not a client with these digits in the telephone number.
  const isCode = codes[0]?.description.toUpperCase() === settled.toUpperCase();
  return {
    groups: isCode ? [...coded, ...pagesAndPeople, ...others] : [...pagesAndPeople, ...coded, ...others],
    isSettled: words === settled && (!enabled || all.every(({ isFetching }) => !isFetching)),
    error: enabled ? (all.find(({ error }) => error)?.error ?? null) : null,
  };
}
