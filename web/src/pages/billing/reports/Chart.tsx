import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.layer.css";
import { Paper } from "@mantine/core";
import type { Report } from "@/api";
import { useNames } from "@/features/people/names";
import { inDollars, inShortDollars } from "@/money";
import { cellInWords, columnInWords, REPORTS, type ReportName } from "./reports";

const BARS_AT_MOST = 24;
const LABEL_AT_MOST = 16;
/** Labels of more bars stand beside each other only when they are turned. */
const LEVEL_LABELS_AT_MOST = 6;
const TURNED = {
  angle: -35,
  textAnchor: "end",
  height: 70,
  tickFormatter: short,
  tick: { fontSize: 12, fill: "currentColor" },
} as const;
const COLOURS = ["teal.7", "yellow.6", "orange.6", "red.6", "grape.7"] as const;

/** The report's amounts as bars; the table below has the same in numbers. */
export function Chart({ report, name }: { report: Report; name: ReportName }) {
  const shown = report.rows.slice(0, BARS_AT_MOST);
  const of = (column: string) => shown.flatMap((row) => (row[column] ? [String(row[column])] : []));
  const names = useNames({ clients: of("client"), therapists: of("therapist") });
  const drawn = REPORTS[name].drawn?.filter((column) => report.columns.some((known) => known.name === column)) ?? [];
  if (drawn.length === 0 || report.rows.length === 0) {
    return null;
  }
  // A payer's code only where another payer has the same name.
  const isAmbiguous = new Set(of("payer_code")).size > new Set(of("payer")).size;
  const keys = report.columns
    .filter(
      ({ name: column, kind }) => kind !== "money" && kind !== "whole" && (column !== "payer_code" || isAmbiguous),
    )
    .map((column) => column.name);
  const data = shown.map((row) => ({
    name: keys.flatMap((key) => (row[key] ? [named(String(row[key]), names, key)] : [])).join(", "),
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
        // Every bar has its label: by itself the axis leaves out those that do not fit.
        xAxisProps={{ interval: 0, ...(data.length > LEVEL_LABELS_AT_MOST ? TURNED : {}) }}
        yAxisProps={{ width: 92, tickFormatter: (amount: number) => inShortDollars(amount) }}
      />
    </Paper>
  );
}

function named(text: string, names: ReadonlyMap<string, string>, column: string): string {
  return names.get(text) ?? (/^[0-9a-f]{8}-/.test(text) ? text.slice(-6).toUpperCase() : cellInWords(column, text));
}

function short(label: string): string {
  return label.length > LABEL_AT_MOST ? `${label.slice(0, LABEL_AT_MOST - 1)}…` : label;
}
