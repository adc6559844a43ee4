import { Skeleton, Stack } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Empty } from "./Empty";
import { type Request, useFailure } from "./failure";
import { useAt } from "./kept";
import { namesNothing } from "./namesNothing";
import { ProblemNotice } from "./ProblemNotice";

const LINES = ["100%", "92%", "97%", "60%"] as const;

export interface LoadedProps<Data> {
  readonly query: Request & Pick<UseQueryResult<Data, unknown>, "data">;
  /** Stands in for what is not there yet. */
  readonly waiting?: ReactNode;
  /** What the address of the page names, such as `session`, and where it can be found instead. */
  readonly named?: { readonly kind: string; readonly all: string; readonly path: string };
  readonly children: (data: Data) => ReactNode;
}

/** What was requested, once it is there: grey lines before, and what went wrong. */
export function Loaded<Data>({ query, waiting, named, children }: LoadedProps<Data>) {
  const at = useAt();
  const failure = useFailure(query);
  const error = failure?.problem ?? query.error;
  if (named && query.data === undefined && namesNothing(query.error)) {
    return (
      <Empty
        title={`There is no such ${named.kind}`}
        icon={IconMapOff}
        action={{ name: named.all, to: at(named.path) }}
      >
        The link may be incomplete or out of date.
      </Empty>
    );
  }
  const notice = error ? <ProblemNotice error={error} onRetry={() => void query.refetch()} /> : null;
  if (query.data === undefined) {
    return notice ?? waiting ?? <Skeletons />;
  }
  return (
    <>
      {notice}
      {children(query.data)}
    </>
  );
}

export function Skeletons({ lines = 4 }: { lines?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={index} height={18} width={LINES[index % LINES.length] ?? "100%"} />
      ))}
    </Stack>
  );
}
