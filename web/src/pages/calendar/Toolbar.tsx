import { ActionIcon, Button, Group, MultiSelect, NativeSelect, SegmentedControl, Switch } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import type { Room } from "@/api";
import { addDays, today } from "@/time";
import { DayField, later } from "@/ui";
import type { CalendarAddress, ChangeAddress } from "./useCalendarAddress";

const WhoseWeek = later(async () => (await import("./WhoseWeek")).WhoseWeek);

export interface ToolbarProps {
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
        <DayField aria-label="Day" value={day} onChange={(chosen) => chosen && onChange({ day: chosen })} w={168} />
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
  const sizes = [...new Set([1, address.capacity, ...rooms.map(({ capacity }) => capacity)])].sort((a, b) => a - b);
  return (
    <>
      <NativeSelect
        aria-label="Seats at least"
        value={String(address.capacity)}
        onChange={(event) => onChange({ capacity: Number(event.currentTarget.value) })}
        data={sizes.map((places) => ({
          value: String(places),
          label: places === 1 ? "Any size" : `${places} seats or more`,
        }))}
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
