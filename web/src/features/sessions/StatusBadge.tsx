import type { SessionStatus } from "@/api";
import { Tag, type Tone } from "@/ui";

const STATUSES: Readonly<Record<SessionStatus, readonly [string, Tone]>> = {
  requested: ["waiting for a room", "waiting"],
  offered: ["choose an alternative", "attention"],
  booked: ["booked", "good"],
  rejected: ["no room", "bad"],
  cancelled: ["cancelled", "over"],
  completed: ["completed", "plain"],
  no_show: ["no-show", "bad"],
};

export const STATUS_WORDS = Object.fromEntries(
  Object.entries(STATUSES).map(([status, [words]]) => [status, words]),
) as Record<SessionStatus, string>;

interface StatusBadgeProps {
  readonly status: SessionStatus;
  /** Whether a room is held until somebody answers. */
  readonly isHeld?: boolean;
}

/** Where a session stands, in words. */
export function StatusBadge({ status, isHeld = false }: StatusBadgeProps) {
  const [words, tone] = STATUSES[status];
  return <Tag tone={tone}>{isHeld ? "held for an answer" : words}</Tag>;
}
