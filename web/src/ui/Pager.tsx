// Lists that a service returns page by page: where one is, and the way on and back.
import { Button, Group, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

export interface Pages {
  /** The cursor of the page that is shown; undefined on the first. */
  readonly cursor: string | undefined;
  readonly next: (cursor: string) => void;
  /** Absent on the first page. */
  readonly back: (() => void) | undefined;
}

/** Page through a list; another `list`, such as other filters, begins at its first page. */
export function usePages(list = ""): Pages {
  const [state, setState] = useState<{ list: string; cursors: readonly string[] }>({ list, cursors: [] });
  const cursors = state.list === list ? state.cursors : [];
  return {
    cursor: cursors.at(-1),
    next: (cursor) => setState({ list, cursors: [...cursors, cursor] }),
    back: cursors.length > 0 ? () => setState({ list, cursors: cursors.slice(0, -1) }) : undefined,
  };
}

interface PagerProps {
  readonly pages: Pages;
  readonly next: string | null | undefined;
  readonly backName?: string;
  readonly nextName?: string;
  /** What the list comes to, on the left. */
  readonly children?: ReactNode;
}

/** The foot of a list with pages. */
export function Pager({ pages, next, backName = "Previous", nextName = "Next", children }: PagerProps) {
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed" role="status" component="div">
        {children}
      </Text>
      <Group gap="xs">
        {pages.back && (
          <Button variant="default" size="xs" onClick={pages.back}>
            {backName}
          </Button>
        )}
        {next && (
          <Button variant="default" size="xs" onClick={() => pages.next(next)}>
            {nextName}
          </Button>
        )}
      </Group>
    </Group>
  );
}
