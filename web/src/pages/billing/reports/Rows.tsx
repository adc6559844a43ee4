import { Anchor, ScrollArea, Table } from "@mantine/core";
import { Fragment } from "react";
import { Link } from "react-router";
import type { Report } from "@/api";
import { ClientName, TherapistName } from "@/features/people/PersonName";
import { dayInWords, isDay } from "@/time";
import { Money, useAt } from "@/ui";
import { numberInWords } from "@/ui/text";
import classes from "../Billing.module.css";
import { cellInWords, columnInWords } from "./reports";

const IS_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

type Column = Report["columns"][number];
type Cell = Report["rows"][number][string];

/** What is a sentence, not a value: it stands on a line of its own below its row, so that the columns have room. */
const BELOW = "why";

/** A report's rows and their totals, in the columns in which CSV and XLSX have them. */
export function Rows({ report }: { report: Report }) {
  const columns = report.columns.filter(({ name }) => name !== BELOW);
  const totals = Object.keys(report.totals).length > 0;
  return (
    <ScrollArea
      type="auto"
      offsetScrollbars="present"
      viewportProps={{ tabIndex: 0, "aria-label": "Report", role: "region" }}
    >
      <Table verticalSpacing={6} horizontalSpacing={6} fz={13} highlightOnHover aria-label="Rows">
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ name, kind }) => (
              <Table.Th key={name} className={isNumber(kind) ? classes.amountHead : ""}>
                {columnInWords(name)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.rows.map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a report have no name but their place
            <Fragment key={place}>
              <Table.Tr className={row[BELOW] ? (classes.above ?? "") : ""}>
                {columns.map((column) => (
                  <Value key={column.name} column={column} cell={row[column.name]} />
                ))}
              </Table.Tr>
              {row[BELOW] && (
                <Table.Tr>
                  <Table.Td colSpan={columns.length} pt={0} c="dimmed">
                    {columnInWords(BELOW)}: {row[BELOW]}
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          ))}
        </Table.Tbody>
        {totals && (
          <Table.Tfoot>
            <Table.Tr className={classes.total ?? ""}>
              {columns.map((column, place) => (
                <Value
                  key={column.name}
                  column={column}
                  cell={place === 0 && report.totals[column.name] === undefined ? "Total" : report.totals[column.name]}
                />
              ))}
            </Table.Tr>
          </Table.Tfoot>
        )}
      </Table>
    </ScrollArea>
  );
}

function Value({ column, cell }: { column: Column; cell: Cell | undefined }) {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return (
    <Table.Td className={classOf(column.kind, text)}>
      {column.kind === "money" && text !== "" && text !== "Total" ? (
        <Money amount={text} />
      ) : column.kind === "whole" && text !== "" && text !== "Total" ? (
        numberInWords(Number(text))
      ) : isDay(text) ? (
        dayInWords(text)
      ) : IS_ID.test(text) ? (
        <Named column={column.name} id={text} />
      ) : (
        cellInWords(column.name, text)
      )}
    </Table.Td>
  );
}

/** Whoever or whatever a row is about, by its name and with the way there. */
function Named({ column, id }: { column: string; id: string }) {
  const at = useAt();
  switch (column) {
    case "record_id":
      return (
        <Anchor component={Link} to={at(`/billing/records/${id}`)} inherit>
          Record
        </Anchor>
      );
    case "session_id":
      return (
        <Anchor component={Link} to={at(`/sessions/${id}`)} inherit>
          Session
        </Anchor>
      );
    case "client":
    case "client_id":
      return (
        <Anchor component={Link} to={at(`/billing/clients/${id}`)} inherit>
          <ClientName clientId={id} />
        </Anchor>
      );
    case "therapist":
    case "therapist_id":
      return <TherapistName therapistId={id} />;
    default:
      return <>{id.slice(-6).toUpperCase()}</>;
  }
}

function classOf(kind: Column["kind"], text: string): string {
  return (isNumber(kind) ? classes.amount : isDay(text) ? classes.day : "") ?? "";
}

function isNumber(kind: Column["kind"]): boolean {
  return kind === "money" || kind === "whole";
}
