import { api, type Service } from "@/api";

export const SERVICES_AT_MOST = 500;

/** Every service, also those that are not offered any more: what codes can refer to. */
export function useCatalog(): readonly Service[] {
  const catalog = api.useQuery("get", "/api/catalog/services", { params: { query: { limit: SERVICES_AT_MOST } } });
  return catalog.data?.items ?? [];
}
