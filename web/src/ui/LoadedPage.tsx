import type { ReactNode } from "react";
import { Loaded, type LoadedProps } from "./Loaded";
import { Page } from "./Page";

interface LoadedPageProps<Data> {
  readonly query: LoadedProps<Data>["query"];
  /** What the address of the page names, such as `session`, and where it can be found instead. */
  readonly named: { readonly kind: string; readonly all: string; readonly path: string };
  readonly children: (data: Data) => ReactNode;
}

/** A page about one thing, which has a page and a heading of its own once it is there. */
export function LoadedPage<Data>({ query, named, children }: LoadedPageProps<Data>) {
  return query.data === undefined ? (
    <Page title={named.kind.charAt(0).toUpperCase() + named.kind.slice(1)}>
      <Loaded query={query} named={named}>
        {() => null}
      </Loaded>
    </Page>
  ) : (
    children(query.data)
  );
}
