import { conventionsHere } from "@/time";

// Words of a search, as the services look for them: every one must occur, whatever its case, its accents and its apostrophes.
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").replaceAll("’", "'").toLowerCase();
}

export function hasEveryWord(text: string, words: string): boolean {
  const where = folded(text);
  return folded(words)
    .split(/[\s,;]+/)
    .every((word) => where.includes(word));
}

/** The error of a text for which nothing was chosen; `problem` is why nothing could be looked up. */
export function unchosenInWords(chosen: string | null, hasMatch: boolean, problem?: string): string {
  const standing = chosen ? `Still ${chosen}.` : "Nothing is chosen yet.";
  if (problem) {
    return `${standing} ${problem}.`;
  }
  return hasMatch
    ? `${standing} Choose from the list, or press Enter for the first match.`
    : `${standing} Nothing matches what is typed.`;
}

/** Whether a refused field is a cell of a sheet, or one of its lines. */
export function isOfASheet(field: string): boolean {
  return /^line \d+/.test(field);
}

/** `room_requirements.capacity` as `Room requirements, capacity`; `line 2: amount` as `Line 2, amount`. */
export function fieldInWords(field: string): string {
  const words = field.replaceAll("_", " ").replaceAll(/\.|: /g, ", ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `98,186`, as it is written at the chosen site. */
export function numberInWords(count: number): string {
  return new Intl.NumberFormat(conventionsHere().numbers).format(count);
}

/** In the order in which people count: Site 2 before Site 10. */
export function inNaturalOrder(one: string, other: string): number {
  return one.localeCompare(other, undefined, { numeric: true, sensitivity: "base" });
}
