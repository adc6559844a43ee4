import { Button, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { SheetCheck, SheetLine } from "@/api";
import { TableHead, Tag } from "@/ui";
import { NAMES } from "../facts";
import { intentions } from "./labels";
import classes from "./Sheet.module.css";

/** So many lines are shown at first; the rest on demand. */
const SHOWN_AT_FIRST = 50;
const ALSO: Readonly<Record<string, string>> = {
  base_rate: "Rate",
  effective_from: "In force since",
  is_active: "Offered",
};

/** What an import would do, line by line, before it does. */
export function Foreseen({ check }: { check: SheetCheck }) {
  const [all, { open }] = useDisclosure(false);
  const lines = all ? check.lines : check.lines.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <Text role="status">
        {check.lines.length === 0 ? "The sheet has no changes." : `No errors. ${intentions(check)}`}
      </Text>
      {lines.length > 0 && (
        <Table verticalSpacing={6} aria-label="Changes" className={classes.changes ?? ""}>
          <TableHead columns={["Line", "Service", "Changes"]} />
          <Table.Tbody>
            {lines.map((line) => (
              <Table.Tr key={line.line}>
                <Table.Th scope="row" className="numbers">
                  {line.line}
                </Table.Th>
                <Table.Td>
                  <b>{line.service_code}</b> {line.service_name}
                </Table.Td>
                <Table.Td>{line.is_new ? <Tag tone="good">new</Tag> : <Changes line={line} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {lines.length < check.lines.length && (
        <Button variant="subtle" onClick={open} style={{ alignSelf: "flex-start" }}>
          Show all {check.lines.length} lines
        </Button>
      )}
    </>
  );
}

function Changes({ line: { changes } }: { line: SheetLine }) {
  return changes.map(({ field, before, after }) => (
    <Text size="sm" key={field}>
      {(NAMES as Readonly<Record<string, string>>)[field] ?? ALSO[field] ?? field}: {before || "nothing"} →{" "}
      <b>{after || "nothing"}</b>
    </Text>
  ));
}
