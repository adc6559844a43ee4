// Claims: which records may be claimed and what speaks against them, and what became of those that were sent.
import { Group, Select } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { api } from "@/api";
import { DayField, Empty, Page, PagedList, Panel, useAddress, usePages } from "@/ui";
import { BillingPlaces } from "../BillingPlaces";
import { CLAIMS, optionsOf } from "../labels";
import { Choice, useChoice } from "./Choice";
import { ClaimTable } from "./ClaimTable";
import { Ready } from "./Ready";
import { ToWithdraw } from "./ToWithdraw";

const ON_A_PAGE = 25;

export function Component() {
  return (
    <Page title="Claims" about="Insured records are checked and claimed together in one file.">
      <BillingPlaces />
      <Choice />
      <ToWithdraw />
      <Ready />
      <Sent />
    </Page>
  );
}

function Sent() {
  const [query, put] = useAddress();
  const status = optionsOf(CLAIMS).find(({ value }) => value === query.get("status"))?.value ?? null;
  const day = query.get("day");
  const wanted = {
    ...useChoice().wanted,
    ...(status ? { status } : {}),
    ...(day ? { service_date: day } : {}),
  };
  const isNarrowed = Object.keys(wanted).length > 0;
  const pages = usePages(JSON.stringify(wanted));
  const { cursor } = pages;
  const claims = api.useQuery(
    "get",
    "/api/billing/claims",
    { params: { query: { ...wanted, limit: ON_A_PAGE, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Panel
      title="Sent"
      actions={
        <Group gap="sm">
          <DayField
            aria-label="Day of service"
            placeholder="Any day of service"
            near="past"
            value={day}
            onChange={(value) => put({ day: value })}
            clearable
            w={190}
          />
          <Select
            aria-label="Status"
            placeholder="Any status"
            data={optionsOf(CLAIMS)}
            value={status}
            onChange={(value) => put({ status: value })}
            clearable
            w={190}
          />
        </Group>
      }
    >
      <PagedList
        query={claims}
        pages={pages}
        order="newest first"
        empty={<Empty title={isNarrowed ? "No claims of this choice" : "No claim has been sent yet"} />}
      >
        {(items) => <ClaimTable claims={items} />}
      </PagedList>
    </Panel>
  );
}
