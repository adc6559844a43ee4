// What is to become of the dates of a series that are not available.
import type { Alternative, Occurrence, OccurrenceChoice } from "@/api";
import { isGone } from "@/features/sessions/choices";

/** By the start of each date: left out, or the alternative as it was offered; nothing while nothing was chosen. */
export type Choices = Readonly<Record<string, "" | "leave" | Alternative>>;

/** What was chosen for the dates of a series that are not available. */
export interface Chosen {
  /** The times of their own that dates are booked at. */
  readonly placed: readonly Alternative[];
  readonly left: number;
  /** Dates for which a time was chosen that is not offered any more. */
  readonly gone: number;
  /** All of it, as it is sent. */
  readonly sent: readonly OccurrenceChoice[];
}

/** Whether something can be chosen for a date: it is not available, and its room was checked. */
export function isToChoose({ problems }: Occurrence): boolean {
  return problems.some(({ code }) => code !== "rooms-away");
}

export function chosenOf(occurrences: readonly Occurrence[], choices: Choices): Chosen {
  const refused = occurrences
    .filter(isToChoose)
    .map(({ starts_at, alternatives }) => ({ starts_at, alternatives, chosen: choices[starts_at] ?? "" }));
  const gone = refused.filter(({ chosen, alternatives }) => isGone(chosen, alternatives)).length;
  const left = refused.filter(({ chosen }) => chosen === "leave");
  const placed = refused.flatMap(({ starts_at, chosen, alternatives }) =>
    typeof chosen === "string" || isGone(chosen, alternatives) ? [] : [{ occurrence: starts_at, at: chosen }],
  );
  return {
    placed: placed.map(({ at }) => at),
    left: left.length,
    gone,
    sent: [
      ...placed.map(({ occurrence, at: { starts_at, room_id } }) => ({
        occurrence,
        choice: "alternative" as const,
        starts_at,
        room_id,
      })),
      ...left.map(({ starts_at }) => ({ occurrence: starts_at, choice: "leave" as const })),
    ],
  };
}
