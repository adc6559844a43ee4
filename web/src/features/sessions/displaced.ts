// Sessions that stay booked although somebody has closed, blocked or reduced their room: each needs another room or time.
import type { components } from "@/api/rooms";

export type Displacement = components["schemas"]["HoldView"]["displaced_by"][number];

export const NEEDS_ANOTHER = "Needs another room or time";

const REASONS: Readonly<Record<Displacement, string>> = {
  site_closed: "site closed",
  room_out_of_use: "room out of use",
  blocked: "room blocked",
  outside_hours: "outside opening hours",
  unsuitable_room: "room too small or lacks equipment",
};

/** Why it does, such as `room blocked, outside opening hours`. */
export function reasonsInWords(displacedBy: readonly Displacement[]): string {
  return displacedBy.map((reason) => REASONS[reason]).join(", ");
}
