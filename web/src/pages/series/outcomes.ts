// What a move of a series makes of its dates, in words.
import type { Tone } from "@/ui";
import type { DateOutcome, MovedDate, MovePreview } from "./rule";

export const OUTCOMES: Readonly<Record<DateOutcome, readonly [words: string, tone: Tone]>> = {
  moved: ["moved", "good"],
  moving: ["waiting for a room", "waiting"],
  stays: ["not moved", "attention"],
  same: ["unchanged", "plain"],
  left: ["left as it was", "plain"],
  cancelled: ["cancelled", "over"],
  changed: ["changed since", "plain"],
  returning: ["going back", "waiting"],
  returned: ["moved back", "good"],
  not_returned: ["not undone", "bad"],
};

const WAITING: ReadonlySet<DateOutcome> = new Set(["moving", "returning"]);

/** Whether a date still waits for rooms' answer. */
export function isUndecided({ outcome }: Pick<MovedDate, "outcome">): boolean {
  return WAITING.has(outcome);
}

/** `3 moved, 1 not moved`: how many dates of each outcome there are. */
export function countedInWords(dates: readonly Pick<MovedDate, "outcome">[]): string {
  const counts = (Object.keys(OUTCOMES) as DateOutcome[])
    .map((outcome) => [dates.filter((date) => date.outcome === outcome).length, OUTCOMES[outcome][0]] as const)
    .filter(([count]) => count > 0);
  return counts.map(([count, words]) => `${count} ${words}`).join(", ");
}

/** What would become of all dates, in one sentence. */
export function foreseenInWords({ dates, moving, staying }: MovePreview): string {
  const same = dates.length - moving - staying;
  const already = same > 0 ? `; ${same} already ${same === 1 ? "has" : "have"} a time of the moved series` : "";
  if (staying === 0) {
    return `${moving === 1 ? "1 session" : `All ${moving} sessions`} can be moved${already}.`;
  }
  return `${moving} of ${moving + staying} sessions can be moved; ${staying} cannot${already}.`;
}
