// The four services, and the state that each reports: read at intervals, and not at all while nobody looks.
import { type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http, type Operations, type ParkedMessage } from "@/api";
import { useNow } from "@/time";

export const SERVICES = ["catalog", "rooms", "scheduling", "billing"] as const;
export type ServiceName = (typeof SERVICES)[number];

const LOOK_MS = 5000;
const PARKED_LOOK_MS = 10_000;
export const PARKED_AT_MOST = 500;
/** A service that has not answered for so long is not known to be ready. */
const LATE_S = 10;

/** How each service is; one that does not answer fails at once, because that is what people came to see. */
export function useServices(): readonly UseQueryResult<Operations>[] {
  return useQueries({
    queries: SERVICES.map((service) => ({
      queryKey: ["get", `/api/${service}/operations`],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Operations> =>
        had(await http.GET(`/api/${service}/operations`, { signal })),
      refetchInterval: LOOK_MS,
      retry: false,
      staleTime: 0,
    })),
  });
}

/** The services that have not answered for a while, and did not fail either, such as frozen ones. */
export function useLate(services: readonly UseQueryResult<Operations>[]): ReadonlySet<ServiceName> {
  useNow(1);
  const [openedAt] = useState(Date.now);
  return new Set(
    SERVICES.filter((_, index) => {
      const query = services[index];
      return query && !query.error && Date.now() - (query.dataUpdatedAt || openedAt) > LATE_S * 1000;
    }),
  );
}

export interface Parked {
  readonly service: ServiceName;
  readonly message: ParkedMessage;
}

export interface AllParked {
  readonly items: readonly Parked[];
  /** When the oldest of these answers came; 0 before any. */
  readonly asOf: number;
  readonly isPending: boolean;
  readonly errors: readonly { readonly service: ServiceName; readonly error: Error }[];
}

/** What is parked in these services, the oldest of each first. */
export function useParked(services: readonly ServiceName[]): AllParked {
  return useQueries({
    queries: services.map((service) => ({
      queryKey: ["get", `/api/${service}/operations/parked`],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        had(
          await http.GET(`/api/${service}/operations/parked`, { params: { query: { limit: PARKED_AT_MOST } }, signal }),
        ),
      refetchInterval: PARKED_LOOK_MS,
      retry: false,
      staleTime: 0,
    })),
    combine: (found) => ({
      items: found.flatMap(({ data }, index) =>
        (data?.items ?? []).map((message) => ({ service: services[index] ?? "catalog", message })),
      ),
      asOf: Math.min(...found.map(({ dataUpdatedAt }) => dataUpdatedAt)),
      isPending: found.some(({ isPending }) => isPending),
      errors: found.flatMap(({ error }, index) => (error ? [{ service: services[index] ?? "catalog", error }] : [])),
    }),
  });
}

/** A parked message of which the list shows only the beginning. */
export function useWhole({ service, message }: Parked) {
  return useQuery({
    queryKey: ["get", `/api/${service}/operations/parked`, message.id],
    queryFn: async ({ signal }) =>
      had(await http.GET(`/api/${service}/operations/parked`, { params: { query: { id: message.id } }, signal })),
    enabled: message.truncated,
    select: ({ items }) => items[0],
    retry: false,
  });
}

export function useSagas() {
  return useQuery({
    queryKey: ["get", "/api/scheduling/operations/sagas"],
    queryFn: async ({ signal }) => had(await http.GET("/api/scheduling/operations/sagas", { signal })),
    refetchInterval: LOOK_MS,
    retry: false,
    staleTime: 0,
  });
}

function had<Data>({ data }: { data?: Data }): Data {
  if (data === undefined) {
    throw new Error("an answer without a body");
  }
  return data;
}
