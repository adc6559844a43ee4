import type { Site } from "@/api";

/** The sites' names; who is bound to none works at all of them. */
export function sitesInWords(ids: readonly string[], sites: readonly Site[]): string {
  const names = ids.flatMap((id) => sites.find((site) => site.id === id)?.site_name ?? []);
  return ids.length === 0 ? "every site" : names.length === 0 ? "a site that is closed" : names.join(", ");
}
