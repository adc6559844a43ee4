import { api, type Session } from "@/api";
import { reasonsInWords } from "@/features/sessions/displaced";
import { isPast } from "@/time";
import { HasToMove } from "./HasToMove";

/** A session to come whose room is closed, blocked or unsuitable then: it was kept, and somebody has to move or cancel it. */
export function Displaced({ session }: { session: Session }) {
  const isToCome = session.status === "booked" && !isPast(session.ends_at);
  const holds = api.useQuery(
    "get",
    "/api/rooms/holds",
    { params: { query: { session_id: session.id } } },
    { enabled: isToCome },
  );
  const displacedBy = holds.data?.items.find(({ room_id }) => room_id === session.room_id)?.displaced_by ?? [];
  if (!isToCome || displacedBy.length === 0) {
    return null;
  }
  return (
    <HasToMove title="This session needs another room or time" list={{ path: "/rooms", name: "the rooms page" }}>
      Because: {reasonsInWords(displacedBy)}. Move the session or cancel it; all sessions of the site that need another
      room or time are on
    </HasToMove>
  );
}
