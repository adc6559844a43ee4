import type { QueryClient } from "@tanstack/react-query";

/** Read the list again after it was changed here. */
export function refreshCodes(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => String(queryKey[1] ?? "").startsWith("/api/billing/diagnosis-codes"),
  });
}
