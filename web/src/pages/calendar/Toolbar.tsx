import { ActionIcon, Button, Group, MultiSelect, NumberInput, SegmentedControl, Switch } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import type { Room } from "@/api";
import { DayField, ListSelect } from "@/parts";
import { TherapistSelect } from "@/people/PersonSelect";
import { useSite } from "@/site";
import { addDays, today } from "@/time";
import type { CalendarAddress, ChangeAddress } from "./useCalendarAddress";

const LARGEST_ROOM = 500;

interface ToolbarProps {
  readonly address: CalendarAddress;
  readonly onChange: ChangeAddress;
  readonly rooms: readonly Room[];
  readonly isToday: boolean;
  readonly zone: string;
}

/** Which day, whose week, which rooms. */
export function Toolbar({ address, onChange, rooms, isToday, zone }: ToolbarProps) {
  const { day, view } = address;
  const step = view === "week" ? 7 : 1;
  const unit = view === "week" ? "week" : "day";
  return (
    <Group gap="sm" className="no-print">
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="default"
          size={36}
          aria-label={`Previous ${unit}`}
          onClick={() => onChange({ day: addDays(day, -step) })}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <DayField
          aria-label="Day"
          value={day}
          onChange={(chosen) => chosen && onChange({ day: chosen })}
          w={168}
          popoverProps={{ withinPortal: true }}
        />
        <ActionIcon
          variant="default"
          size={36}
          aria-label={`Next ${unit}`}
          onClick={() => onChange({ day: addDays(day, step) })}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
        <Button variant="default" onClick={() => onChange({ day: today(zone) })} disabled={isToday}>
          Today
        </Button>
      </Group>
      <SegmentedControl
        aria-label="View"
        value={view}
        onChange={(chosen) => onChange({ view: chosen === "week" ? "week" : "day" })}
        data={[
          { value: "day", label: "Rooms" },
          { value: "week", label: "Week" },
        ]}
      />
      {view === "week" ? (
        <WhoseWeek address={address} onChange={onChange} rooms={rooms} />
      ) : (
        <WhichRooms address={address} onChange={onChange} rooms={rooms} isToday={isToday} />
      )}
    </Group>
  );
}

function WhichRooms({
  address,
  onChange,
  rooms,
  isToday,
}: Pick<ToolbarProps, "address" | "onChange" | "rooms" | "isToday">) {
  const words = [...new Set(rooms.flatMap(({ equipment }) => equipment))].sort();
  return (
    <>
      <NumberInput
        aria-label="Seats at least"
        prefix="≥ "
        suffix={address.capacity === 1 ? " place" : " places"}
        value={address.capacity}
        onChange={(places) => onChange({ capacity: Number(places) || 1 })}
        min={1}
        max={LARGEST_ROOM}
        w={118}
      />
      <MultiSelect
        aria-label="Equipment"
        placeholder={address.equipment.length ? "" : "Any equipment"}
        data={words}
        value={[...address.equipment]}
        onChange={(equipment) => onChange({ equipment })}
        clearable
        miw={170}
      />
      <Switch
        label="Free now"
        checked={address.freeOnly && isToday}
        disabled={!isToday}
        onChange={(event) => onChange({ freeOnly: event.currentTarget.checked })}
      />
    </>
  );
}

function WhoseWeek({ address, onChange, rooms }: Pick<ToolbarProps, "address" | "onChange" | "rooms">) {
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
