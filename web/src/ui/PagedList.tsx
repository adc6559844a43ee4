import type { ReactNode } from "react";
import { Loaded, type LoadedProps } from "./Loaded";
import { Pager, type Pages } from "./Pager";

/** A page of a list as the services answer it. */
interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next_cursor?: string | null;
}

interface PagedListProps<Item, Page extends PageOf<Item>> {
  readonly query: LoadedProps<Page>["query"];
  readonly pages: Pages;
  /** Names the ways on and back where the list is in the order of time. */
  readonly order?: "newest first" | "oldest first";
  /** Stands in for a list of nothing. */
  readonly empty: ReactNode;
  /** What the list comes to, at its foot. */
  readonly total?: (page: Page) => ReactNode;
  readonly children: (items: Page["items"], page: Page) => ReactNode;
}

const WAYS = {
  "newest first": { backName: "Newer", nextName: "Older" },
  "oldest first": { backName: "Older", nextName: "Newer" },
} as const;

/** A list that a service returns page by page: loaded, empty or there, with the ways on and back below it. */
export function PagedList<Item, Page extends PageOf<Item>>({
  query,
  pages,
  order,
  empty,
  total,
  children,
}: PagedListProps<Item, Page>) {
  return (
    <Loaded query={query}>
      {(page) => {
        const sum = page.items.length > 0 && total?.(page);
        return (
          <>
            {page.items.length > 0 ? children(page.items, page) : empty}
            {(sum || pages.back || page.next_cursor) && (
              <Pager pages={pages} next={page.next_cursor} {...(order ? WAYS[order] : {})}>
                {sum}
              </Pager>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
