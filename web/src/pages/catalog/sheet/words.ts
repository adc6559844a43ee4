import type { Imported } from "@/api";

/** `12 added, 3 changed, 40 as they were`. */
export function countsInWords({ added, changed, unchanged }: Imported): string {
  return [
    added > 0 && `${added} added`,
    changed > 0 && `${changed} changed`,
    (unchanged > 0 || added + changed === 0) && `${unchanged} as ${unchanged === 1 ? "it was" : "they were"}`,
  ]
    .filter(Boolean)
    .join(", ");
}
