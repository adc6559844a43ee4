// Which site is looked at, and in which order sites are listed.
import { inNaturalOrder } from "@/ui/text";

/** Sites by name, as people count: Site 2 before Site 10. */
export function bySiteName(one: { readonly site_name: string }, other: { readonly site_name: string }): number {
  return inNaturalOrder(one.site_name, other.site_name);
}

/** The site that the address names; where it names none, the remembered one or the first. Null where it names another. */
export function siteOf<Site extends { readonly id: string }>(
  sites: readonly Site[],
  named: string | null,
  remembered: string | null,
): Site | null {
  if (named !== null) {
    return sites.find(({ id }) => id === named) ?? null;
  }
  return sites.find(({ id }) => id === remembered) ?? sites[0] ?? null;
}
