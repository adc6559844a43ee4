// What is to become of the dates of a move that cannot be moved.
import type { Alternative } from "@/api";
import { isGone as isOfferGone } from "@/features/sessions/choices";
import type { PreviewedMove } from "./rule";

/** What is to become of dates that cannot be moved, by session: `leave`, `cancel`, or the alternative as it was offered. */
export type Choices = Readonly<Record<string, "leave" | "cancel" | Alternative>>;

/** What was chosen for a date that cannot be moved, as it is sent. */
export function choiceOf({ session_id }: PreviewedMove, choices: Choices) {
  const chosen = choices[session_id] ?? "leave";
  if (typeof chosen === "string") {
    return { session_id, choice: chosen } as const;
  }
  const { starts_at, room_id } = chosen;
  return { session_id, choice: "alternative", starts_at, room_id } as const;
}

/** Whether a time was chosen that is not offered any more. */
export function isGone({ session_id, alternatives }: PreviewedMove, choices: Choices): boolean {
  return isOfferGone(choices[session_id] ?? "leave", alternatives);
}
