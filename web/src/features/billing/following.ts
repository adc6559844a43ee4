// What became of the records that were not claimed when a plan was added or corrected.
import type { CoverageChanged } from "@/api";

type Following = CoverageChanged["following"];

/** How many records have another price now, as a sentence that follows another; nothing where none has. */
export function repricedInWords(following: Following): string {
  const repriced = following.filter(({ replaced_by }) => replaced_by !== null).length;
  return repriced === 0
    ? ""
    : repriced === 1
      ? " One unclaimed record is priced again."
      : ` ${repriced} unclaimed records are priced again.`;
}

/** How many records follow a correction, and how many of them have another price now. */
export function followingInWords(following: Following): string {
  const count = following.filter(({ replaced_by }) => replaced_by === null).length;
  const kept =
    count === 0
      ? ""
      : count === 1
        ? " One unclaimed record follows it at its price."
        : ` ${count} unclaimed records follow it at their price.`;
  return `${kept}${repricedInWords(following)}`;
}
