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

/** `It would add 12 services and change 3; 40 stay as they are.` */
export function intentions({ added, changed, unchanged }: Imported): string {
  const would = [added > 0 && `add ${services(added)}`, changed > 0 && `change ${services(changed)}`].filter(Boolean);
  const rest =
    unchanged > 0 ? `; ${services(unchanged)} ${unchanged === 1 ? "stays as it is" : "stay as they are"}` : "";
  return `It would ${would.join(" and ")}${rest}.`;
}

/** `one service`, `12 services`. */
export function services(number: number): string {
  return number === 1 ? "one service" : `${number} services`;
}
