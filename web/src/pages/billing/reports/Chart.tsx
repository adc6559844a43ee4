import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { Paper } from "@mantine/core";
import { api, type Report } from "@/api";
import { inDollars } from "@/money";
import { columnInWords, REPORTS, type ReportName } from "./reports";

const BARS_AT_MOST = 24;
const THERAPISTS_AT_MOST = 500;
const COLOURS = ["teal.7", "yellow.6", "orange.6", "red.6", "grape.7"] as const;

/** The report's amounts as bars; the table below says the same in numbers. */
export function Chart({ report, name }: { report: Report; name: ReportName }) {
  const therapists = api.useQuery(
    "get",
    "/api/scheduling/therapists",
    { params: { query: { limit: THERAPISTS_AT_MOST } } },
    { enabled: report.columns.some((column) => column.name === "therapist") },
  );
  const drawn = REPORTS[name].drawn?.filter((column) => report.columns.some((known) => known.name === column)) ?? [];
  if (drawn.length === 0 || report.rows.length === 0) {
    return null;
  }
  const keys = report.columns.filter(({ kind }) => kind !== "money" && kind !== "whole").map((column) => column.name);
  const data = report.rows.slice(0, BARS_AT_MOST).map((row) => ({
    name: keys.map((key) => named(String(row[key] ?? ""), therapists.data?.items ?? [])).join(", "),
    // Only drawn, never added up: a pixel needs no exact cents.
    ...Object.fromEntries(drawn.map((column) => [columnInWords(column), Number(row[column] ?? 0)])),
  }));
  return (
    <Paper withBorder p="sm" aria-hidden="true">
      <BarChart
        h={260}
        data={data}
        dataKey="name"
        type="stacked"
        series={drawn.map((column, place) => ({
          name: columnInWords(column),
          color: COLOURS[place % COLOURS.length] ?? "teal.7",
        }))}
        valueFormatter={(value) => inDollars(value.toFixed(2))}
        withLegend={drawn.length > 1}
        tickLine="y"
        barProps={{ isAnimationActive: false }}
        barChartProps={{ accessibilityLayer: false }}
        yAxisProps={{ width: 80 }}
      />
    </Paper>
  );
}

function named(text: string, people: readonly { id: string; full_name: string }[]): string {
  const known = people.find(({ id }) => id === text);
  return known ? known.full_name : /^[0-9a-f]{8}-/.test(text) ? text.slice(-6).toUpperCase() : text;
}
