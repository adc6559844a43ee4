// Which site is looked at, and in which order sites are listed.
import { inNaturalOrder } from "@/ui/text";

/** Sites by name, as people count: Site 2 before Site 10. */
export function bySiteName(one: { readonly site_name: string }, other: { readonly site_name: string }): number {
  return inNaturalOrder(one.site_name, other.site_name);
}

/** A site's name, and that it is closed where it is. */
export function siteInWords({
  site_name,
  is_active,
}: {
  readonly site_name: string;
  readonly is_active: boolean;
}): string {
  return is_active ? site_name : `${site_name} (closed)`;
}

/** The site that the address names, closed ones too; where it names none, the remembered one in use or the first. Null where it names another. */
export function siteOf<Site extends { readonly id: string; readonly is_active: boolean }>(
  sites: readonly Site[],
  named: string | null,
  remembered: string | null,
): Site | null {
  if (named !== null) {
    return sites.find(({ id }) => id === named) ?? null;
  }
  const inUse = sites.filter(({ is_active }) => is_active);
  return inUse.find(({ id }) => id === remembered) ?? inUse[0] ?? sites[0] ?? null;
}
