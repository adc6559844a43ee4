// Therapists: who treats, and where.
import { Button, SegmentedControl } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch, IconUserPlus } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { useSites } from "@/features/site";
import { Empty, Page, Tag, useAt } from "@/ui";
import { PeopleList } from "../PeopleList";
import { sitesInWords } from "../sites";
import { TherapistForm } from "../TherapistForm";
import { usePeopleAddress } from "../usePeopleAddress";

const PIECE = 50;

export function Component() {
  const { query, change, words, setWords, settled } = usePeopleAddress();
  const [adding, add] = useDisclosure(false);
  const { site, allSites } = useSites();
  const navigate = useNavigate();
  const at = useAt();
  const who = query.get("who") ?? "all";
  const therapists = api.useInfiniteQuery(
    "get",
    "/api/scheduling/therapists",
    {
      params: {
        query: {
          limit: PIECE,
          is_active: who !== "former",
          ...(who === "here" && site ? { site_id: site.id } : {}),
          ...(settled ? { q: settled } : {}),
        },
      },
    },
    {
      // The client leaves out what is null; undefined would become a number.
      initialPageParam: null,
      pageParamName: "cursor",
      getNextPageParam: ({ next_cursor }) => next_cursor ?? null,
      placeholderData: keepPreviousData,
    },
  );
  return (
    <Page
      title="Clients & therapists"
      about="Clients and therapists of the network."
      actions={
        <Button onClick={add.open} leftSection={<IconUserPlus size={17} aria-hidden />}>
          Add a therapist
        </Button>
      }
    >
      <PeopleList
        name="Therapists"
        words={words}
        onWords={setWords}
        found={therapists}
        path={({ id }) => `/people/therapists/${id}`}
        columns={[
          { name: "Credential", cell: ({ credential }) => credential ?? "–" },
          { name: "Works at", cell: ({ site_ids }) => sitesInWords(site_ids, allSites), from: "sm" },
          {
            name: "State",
            cell: ({ is_active }) => (is_active ? "active" : <Tag tone="attention">inactive</Tag>),
            from: "md",
          },
        ]}
        filter={
          <SegmentedControl
            aria-label="Status"
            value={who}
            onChange={(value) => change({ who: value === "all" ? null : value })}
            data={[
              { value: "all", label: "All" },
              { value: "here", label: "At this site" },
              { value: "former", label: "Former" },
            ]}
          />
        }
        empty={
          settled || who !== "all" ? (
            <Empty title="No matching therapists" icon={IconSearch}>
              {who === "former" ? "No former therapists." : "Try part of the name, or show all."}
            </Empty>
          ) : (
            <Empty title="There are no therapists yet" action={{ name: "Add the first therapist", onClick: add.open }}>
              A therapist has a name, a credential and the sites where they work.
            </Empty>
          )
        }
      />
      {adding && (
        <TherapistForm
          onClose={add.close}
          onDone={({ id }) => {
            add.close();
            void navigate(at(`/people/therapists/${id}`));
          }}
        />
      )}
    </Page>
  );
}
