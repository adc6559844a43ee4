import { api } from "@/api";

export const SERVICES_AT_MOST = 500;

/** The categories in which services are, to choose from while one is typed; of a longer catalog, those of its first part. */
export function useCategories(): readonly string[] {
  const catalog = api.useQuery("get", "/api/catalog/services", { params: { query: { limit: SERVICES_AT_MOST } } });
  const names = catalog.data?.items.map(({ billing_category }) => billing_category ?? "") ?? [];
  return [...new Set(names)].filter(Boolean).sort();
}
