import type { RoomCalendar } from "@/api";
import type { Drawn, EntryKind } from "./entries";

/** Kinds that stand where a session still is. */
const STANDING: ReadonlySet<EntryKind> = new Set(["booked", "held", "leaving"]);

/** The same entries, where a session that needs another room or time is marked with why, whether rooms or a therapist's week are drawn. */
export function markDisplaced(drawn: readonly Drawn[], rooms: readonly RoomCalendar[]): Drawn[] {
  const why = new Map(
    rooms.flatMap(({ entries }) =>
      entries.flatMap(({ session_id, displaced_by }) => (session_id ? [[session_id, displaced_by] as const] : [])),
    ),
  );
  return drawn.map((entry) =>
    STANDING.has(entry.kind) ? { ...entry, displacedBy: why.get(entry.sessionId ?? "") ?? [] } : entry,
  );
}
