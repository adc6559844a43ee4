// Which of the offered times was chosen for a date of a series that cannot be had.
import type { Alternative } from "@/api";

/** Whether a time was chosen that is not offered any more, for example because somebody took it meanwhile. */
export function isGone(chosen: string | Alternative, alternatives: readonly Alternative[]): boolean {
  return typeof chosen !== "string" && !alternatives.some((offered) => keyOf(offered) === keyOf(chosen));
}

/** What distinguishes one offered time from another, also in a later answer. */
export function keyOf({ starts_at, room_id }: Alternative): string {
  return `${starts_at} ${room_id}`;
}
