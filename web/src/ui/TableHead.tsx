import { Table, type TableThProps, VisuallyHidden } from "@mantine/core";

export interface Column extends Omit<TableThProps, "children"> {
  readonly name: string;
  /** Whether the name is only for screen readers, as over buttons. */
  readonly isHidden?: boolean;
}

/** The head of a table: the name of each column, where needed with how it is shown; what is false is left out. */
export function TableHead({ columns }: { columns: readonly (string | Column | false)[] }) {
  return (
    <Table.Thead>
      <Table.Tr>
        {columns.map((column) => {
          if (column === false) {
            return null;
          }
          const { name, isHidden, ...props } = typeof column === "string" ? { name: column } : column;
          return (
            <Table.Th key={name} {...props}>
              {isHidden ? <VisuallyHidden>{name}</VisuallyHidden> : name}
            </Table.Th>
          );
        })}
      </Table.Tr>
    </Table.Thead>
  );
}
