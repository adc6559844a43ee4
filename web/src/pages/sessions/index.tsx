// The sessions of a day, a week, a client or a therapist: found by typing, walked through by arrows.
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCalendarPlus, IconSearch } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { api } from "@/api";
import { SessionTable } from "@/features/sessions/SessionTable";
import { siteInWords, useSite } from "@/features/site";
import { dayInWords, useNow, weekStart } from "@/time";
import { Empty, Loaded, Page, ShowMore, useAddress, useAt } from "@/ui";
import { Filters } from "./Filters";
import { type Filter, filterOf, wantedOf } from "./filter";

const PIECE = 100;
const TYPING_MS = 150;
const MINUTE_S = 60;

export function Component() {
  const site = useSite();
  const zone = site.time_zone;
  const at = useAt();
  const [query, change] = useAddress();
  const [words, setWords] = useState(query.get("q") ?? "");
  const [settled] = useDebouncedValue(words.trim(), TYPING_MS);
  const rows = useRef<HTMLTableSectionElement>(null);
  const filter = { ...filterOf(query, zone), words: settled };
  const now = useNow(MINUTE_S);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the words, nothing else
  useEffect(() => {
    if (settled !== (query.get("q") ?? "")) {
      change({ q: settled || null });
    }
  }, [settled]);

  const found = api.useInfiniteQuery(
    "get",
    "/api/scheduling/sessions",
    { params: { query: { ...wantedOf(filter, site.id, zone, now), limit: PIECE } } },
    {
      // The client leaves out what is null; undefined would become a number.
      initialPageParam: null,
      pageParamName: "cursor",
      getNextPageParam: ({ next_cursor }) => next_cursor ?? null,
      placeholderData: keepPreviousData,
    },
  );
  const sessions = found.data?.pages.flatMap(({ items }) => items) ?? [];
  const showAll = () => {
    setWords("");
    change({ q: null, status: null, client: null, therapist: null, room: null });
  };

  return (
    <Page
      title="Sessions"
      about={`${siteInWords(site)}, ${inWords(filter)}`}
      wide
      actions={
        site.is_active && (
          <Button
            component={Link}
            to={at(`/book?day=${filter.from}`)}
            leftSection={<IconCalendarPlus size={17} aria-hidden />}
          >
            Book
          </Button>
        )
      }
    >
      <Filters
        filter={filter}
        words={words}
        site={site}
        onWords={setWords}
        onChange={change}
        onDown={() => rows.current?.querySelector<HTMLElement>("[data-row]")?.focus()}
      />
      <Loaded query={found}>
        {() =>
          sessions.length > 0 ? (
            <>
              <SessionTable sessions={sessions} ref={rows} />
              <ShowMore found={found} count={sessions.length === 1 ? "1 session" : `${sessions.length} sessions`} />
            </>
          ) : isNarrowed(filter) ? (
            <Empty
              title="No matching sessions"
              icon={IconSearch}
              action={{ name: "Show all of this period", onClick: showAll }}
            >
              {filter.words
                ? "Every word must occur in a name, the service or the room's number."
                : "Try fewer filters."}
            </Empty>
          ) : filter.period === "open" ? (
            <Empty title="Nothing to complete">All sessions of the last 30 days are completed.</Empty>
          ) : (
            <Empty
              title="No sessions"
              {...(site.is_active && { action: { name: "Book one", to: at(`/book?day=${filter.from}`) } })}
            >
              Nothing is booked for this period.
            </Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function isNarrowed({ words, statuses, clientId, therapistId, roomId }: Filter): boolean {
  return Boolean(words || statuses.length || clientId || therapistId || roomId);
}

function inWords({ period, from, to, clientId }: Filter): string {
  const where = clientId ? " and the client's other sites" : "";
  switch (period) {
    case "day":
      return `${dayInWords(from, { weekday: "long" })}${where}`;
    case "week":
      return `the week of ${dayInWords(weekStart(from))}${where}`;
    case "coming":
      return `from today on${where}`;
    case "open":
      return `started and not yet completed${where}`;
    case "range":
      return `${dayInWords(from)} – ${dayInWords(to)}${where}`;
  }
}
