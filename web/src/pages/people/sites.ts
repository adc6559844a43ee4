import type { Site } from "@/api";
import { siteInWords } from "@/features/site";

/** The sites' names, closed ones marked; who is bound to none works at all of them. */
export function sitesInWords(ids: readonly string[], sites: readonly Site[]): string {
  const names = ids.map((id) => {
    const site = sites.find((one) => one.id === id);
    return site ? siteInWords(site) : "a site that was not found";
  });
  return ids.length === 0 ? "every site" : names.join(", ");
}
