// A request that failed and is sent again: what went wrong stays on the screen until there is an answer.
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem, type Problem } from "@/api";

export interface Failure {
  readonly problem: Problem;
  readonly isRetrying: boolean;
  readonly retry: () => void;
}

/** What is known of a request. */
export type Request = Pick<
  UseQueryResult<unknown, unknown>,
  "dataUpdatedAt" | "error" | "errorUpdateCount" | "failureReason" | "isFetching"
> & { readonly refetch: () => unknown };

/** The first of these requests that has failed and has never been answered; null where there is none. */
export function useFailure(...requests: readonly Request[]): Failure | null {
  // A request that is sent anew has no error until it fails again.
  const [last, setLast] = useState<unknown>(null);
  const failed = requests.find(
    ({ dataUpdatedAt, errorUpdateCount, failureReason }) => !dataUpdatedAt && (errorUpdateCount || failureReason),
  );
  const error = failed?.error ?? failed?.failureReason;
  if (error && error !== last) {
    setLast(error);
  }
  const shown = error ?? last;
  return failed && shown
    ? { problem: asProblem(shown), isRetrying: failed.isFetching, retry: () => void failed.refetch() }
    : null;
}
