// Reports: what the books have of a time as of a day; every total ties to the ledger to the cent.
import { Button, Group, MultiSelect, Paper, Select, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { api, type Report } from "@/api";
import { useNetworkZone } from "@/features/site";
import { addDays, dayInWords, isDay, today } from "@/time";
import { DayField, Empty, Loaded, Page, Pager, type Pages, Skeletons, useAddress, usePages } from "@/ui";
import { numberInWords } from "@/ui/text";
import { BillingPlaces } from "../BillingPlaces";
import { optionsOf } from "../labels";
import { Chart } from "./Chart";
import { Figures } from "./Figures";
import { Reconciliation } from "./Reconciliation";
import { Rows } from "./Rows";
import {
  CLOSE_BY,
  DENIALS,
  type Denials,
  GROUPS,
  type GroupBy,
  REPORTS,
  type ReportName,
  wrongPeriod,
} from "./reports";

const A_MONTH = 30;
const ROWS_ON_A_PAGE = 50;

export function Component() {
  const [query, put] = useAddress();
  const zone = useNetworkZone();
  const now = today(zone);
  const name: ReportName = isReport(query.get("report")) ? (query.get("report") as ReportName) : "revenue";
  const kind = REPORTS[name];
  const from = isDay(query.get("from")) ? (query.get("from") as string) : kind.isOfDay ? now : addDays(now, -A_MONTH);
  const to = isDay(query.get("to")) ? (query.get("to") as string) : now;
  const groups = query
    .getAll("by")
    .flatMap((words) => words.split(","))
    .filter(isGroup);
  const wrong = kind.ofATime ? wrongPeriod(from, to) : null;
  const asOf = isDay(query.get("as_of")) ? (query.get("as_of") as string) : null;
  const closeBy = query.get("day") === "posting" ? "posting" : "deposit";
  const state = (Object.keys(DENIALS) as Denials[]).find((each) => each === query.get("state")) ?? "open";
  const wanted = {
    ...(name === "daily-close" ? { by: closeBy } : {}),
    ...(name === "denials" ? { state } : {}),
    ...(kind.ofATime ? { from, to } : {}),
    ...(kind.asOf && asOf ? { as_of: asOf } : {}),
    ...(kind.groups && groups.length > 0 ? { group_by: groups } : {}),
  };
  const pages = usePages(JSON.stringify([name, wanted]));
  const { cursor } = pages;
  const report = api.useQuery(
    "get",
    `/api/billing/reports/${name}`,
    { params: { query: { ...wanted, limit: ROWS_ON_A_PAGE, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData, enabled: wrong === null },
  );
  const isOutdated = report.isPending || report.isPlaceholderData;
  const days = kind.ofATime
    ? `${dayInWords(from, { year: true })} to ${dayInWords(to, { year: true })}`
    : kind.asOf
      ? dayInWords(asOf ?? now, { year: true })
      : null;
  return (
    <Page
      title="Reports"
      about={kind.about}
      wide
      actions={(wrong ? [] : (["csv", "xlsx"] as const)).map((format) => (
        <Button
          key={format}
          component="a"
          href={`/api/billing/reports/${name}?${written({ ...wanted, format })}`}
          download={`${name}.${format}`}
          variant="default"
          leftSection={<IconDownload size={17} aria-hidden />}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    >
      <BillingPlaces />
      <Group gap="sm" align="flex-end" role="search" aria-label="Report">
        <Select
          label="Report"
          data={optionsOf(names())}
          value={name}
          onChange={(value) => put({ report: value, by: null })}
          allowDeselect={false}
          w={190}
        />
        {kind.ofATime && (
          <>
            <DayField label="From" value={from} onChange={(day) => put({ from: day })} near="past" w={170} />
            <DayField label="To" value={to} onChange={(day) => put({ to: day })} near="past" w={170} error={wrong} />
          </>
        )}
        {kind.asOf && (
          <DayField label="As of" value={asOf ?? now} onChange={(day) => put({ as_of: day })} near="past" w={170} />
        )}
        {name === "daily-close" && (
          <Select
            label="Days"
            data={optionsOf(CLOSE_BY)}
            value={closeBy}
            onChange={(value) => put({ day: value })}
            allowDeselect={false}
            w={160}
          />
        )}
        {name === "denials" && (
          <Select
            label="Denials"
            data={optionsOf(DENIALS)}
            value={state}
            onChange={(value) => put({ state: value })}
            allowDeselect={false}
            w={200}
          />
        )}
        {kind.groups && (
          <MultiSelect
            label="Group by"
            placeholder={groups.length > 0 ? "" : GROUPS[kind.groups]}
            data={optionsOf(GROUPS)}
            value={groups}
            onChange={(values) => put({ by: values.join(",") || null })}
            maxValues={2}
            clearable
            miw={190}
          />
        )}
      </Group>
      {isOutdated && !wrong && (
        <Text size="sm" role="status">
          {days ? `Loading the figures of ${days}.` : "Loading the figures."}
        </Text>
      )}
      <Stack
        gap="md"
        display={wrong ? "none" : "flex"}
        aria-busy={isOutdated}
        {...(isOutdated ? { opacity: 0.35 } : {})}
      >
        <Loaded query={report}>
          {(found) =>
            typeof found !== "string" && found.report === name ? (
              <Found report={found} name={name} pages={pages} />
            ) : (
              <Skeletons />
            )
          }
        </Loaded>
      </Stack>
    </Page>
  );
}

function Found({ report, name, pages }: { report: Report; name: ReportName; pages: Pages }) {
  if (name === "reconciliation") {
    return <Reconciliation report={report} />;
  }
  return report.rows.length > 0 ? (
    <>
      <Figures report={report} />
      {report.first_row === 1 && <Chart report={report} name={name} />}
      <Paper withBorder>
        <Rows report={report} />
      </Paper>
      {!report.is_complete && (
        <Pager pages={pages} next={report.next_cursor}>
          Rows {numberInWords(report.first_row)} to {numberInWords(report.first_row + report.rows.length - 1)} of{" "}
          {numberInWords(report.row_count)}. The totals are of all rows; CSV and XLSX have all of them.
        </Pager>
      )}
      <Text size="sm" c="dimmed" role="status">
        As of the end of {dayInWords(report.as_of, { year: true })}.
      </Text>
    </>
  ) : (
    <Empty title={REPORTS[name].nothing}>Try another period or report.</Empty>
  );
}

function names(): Readonly<Record<ReportName, string>> {
  return Object.fromEntries(Object.entries(REPORTS).map(([name, { title }]) => [name, title])) as Record<
    ReportName,
    string
  >;
}

function written(query: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]));
  return new URLSearchParams(pairs).toString();
}

function isReport(text: string | null): text is ReportName {
  return text !== null && text in REPORTS;
}

function isGroup(text: string): text is GroupBy {
  return text in GROUPS;
}
