// What a service is called: other services send ids. Names that are requested together come in one answer.
import { useQueries } from "@tanstack/react-query";
import { http, type Service } from "@/api";
import { batched } from "@/features/people/batched";
import { known } from "@/features/people/names";

const NAMES_STAY_MS = 300_000;
/** As many as the catalog looks up at once. */
const IDS_AT_MOST = 100;

const load = batched<Service>(IDS_AT_MOST, async (ids) => {
  const { data } = await http.GET("/api/catalog/services", { params: { query: { ids, limit: IDS_AT_MOST } } });
  return data?.items ?? [];
});

/** These services by their ids; those that are not known yet are absent. */
export function useServices(ids: readonly string[]): ReadonlyMap<string, Service> {
  return useQueries({
    queries: [...new Set(ids)].map((service_id) => ({
      queryKey: serviceKey(service_id),
      queryFn: async () => known(await load(service_id), "service"),
      staleTime: NAMES_STAY_MS,
    })),
    combine: (found) => new Map(found.flatMap(({ data }) => (data ? [[data.id, data] as const] : []))),
  });
}

/** The key of `GET …/{id}`, so that events make it stale as well. */
export function serviceKey(service_id: string) {
  return ["get", "/api/catalog/services/{service_id}", { params: { path: { service_id } } }] as const;
}

export function useService(id: string | null): Service | undefined {
  return useServices(id === null ? [] : [id]).get(id ?? "");
}

/** `90837 · Individual psychotherapy`. */
export function serviceInWords({ service_code, service_name }: Service): string {
  return `${service_code} · ${service_name}`;
}
