import { Alert, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { FieldProblem, Problem } from "@/api";
import { TableHead } from "@/ui";
import classes from "./Sheet.module.css";

interface LineProblem extends FieldProblem {
  readonly line: number;
}

/** The lines that a refusal names; none when it is about something else. */
export function badLines({ errors }: Problem): readonly LineProblem[] {
  return errors.filter((error): error is LineProblem => "line" in error);
}

/** Everything that is wrong with a sheet, each line with what stands there, so that it can be mended in one go. */
export function BadLines({ errors, text }: { errors: readonly LineProblem[]; text: string }) {
  const lines = [...new Set(errors.map(({ line }) => line))];
  const written = text.split(/\r\n|\r|\n/);
  return (
    <Stack gap="sm">
      <Alert
        role="alert"
        color="red"
        icon={<IconAlertTriangle aria-hidden />}
        title={lines.length === 1 ? "One line is wrong" : `${lines.length} lines are wrong`}
        styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
      >
        Nothing is imported. Correct the sheet and choose it again.
      </Alert>
      <Table verticalSpacing={6} aria-label="Lines that are wrong" className={classes.lines ?? ""}>
        <TableHead columns={["Line", "Problem and correction"]} />
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={line}>
              <Table.Th scope="row" className="numbers">
                {line}
              </Table.Th>
              <Table.Td>
                <Text size="xs" c="dimmed" className={classes.written ?? ""} title={written[line - 1] ?? ""}>
                  {written[line - 1]}
                </Text>
                {errors
                  .filter((error) => error.line === line)
                  .map(({ field, code, message }) => (
                    <Text size="sm" key={`${field} ${code} ${message}`}>
                      <code>{field}</code>: {message}
                    </Text>
                  ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
