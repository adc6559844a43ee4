import { TherapistSelect } from "@/features/people/PersonSelect";
import { useSite } from "@/features/site";
import { ListSelect } from "@/ui";
import type { ToolbarProps } from "./Toolbar";

/** Whose week: a therapist's or a room's. */
export function WhoseWeek({ address, onChange, rooms }: Pick<ToolbarProps, "address" | "onChange" | "rooms">) {
  const site = useSite();
  return (
    <>
      <TherapistSelect
        aria-label="Therapist"
        placeholder="A therapist"
        w={220}
        siteId={site.id}
        value={address.therapistId}
        onChange={(therapistId) => onChange({ therapistId, roomId: null })}
      />
      <ListSelect
        aria-label="Room"
        placeholder="or a room"
        w={200}
        value={address.roomId}
        data={rooms.map(({ id, room_number, room_name }) => ({ value: id, label: `${room_number} ${room_name}` }))}
        onChange={(roomId) => onChange({ roomId, therapistId: null })}
      />
    </>
  );
}
