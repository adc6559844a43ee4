import { ActionIcon, Button, Group, MultiSelect, SegmentedControl, Select, Stack } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { api, type Site } from "@/api";
import { ClientSelect, TherapistSelect } from "@/features/people/PersonSelect";
import { STATUS_WORDS } from "@/features/sessions/StatusBadge";
import { addDays, today } from "@/time";
import { DayField, ListSelect, SearchField } from "@/ui";
import { type Filter, isStatus, PERIODS, type Period } from "./filter";

const ROOMS_AT_MOST = 500;

interface FiltersProps {
  readonly filter: Filter;
  readonly words: string;
  readonly site: Site;
  readonly onWords: (words: string) => void;
  readonly onChange: (changes: Readonly<Record<string, string | null>>) => void;
  /** The arrow leads from the search into what was found. */
  readonly onDown: () => void;
}

/** When, who, where, and in which state; all of it stands in the address. */
export function Filters({ filter, words, site, onWords, onChange, onDown }: FiltersProps) {
  const rooms = api.useQuery("get", "/api/rooms/rooms", {
    params: { query: { site_id: site.id, limit: ROOMS_AT_MOST } },
  });
  return (
    <Stack gap="xs" role="search" aria-label="Sessions" className="no-print">
      <Group gap="sm">
        <Select
          aria-label="Period"
          hiddenFrom="sm"
          flex="1 1 140px"
          allowDeselect={false}
          value={filter.period}
          data={PERIODS.map(([value, label]) => ({ value, label }))}
          onChange={(period) => onChange({ period })}
        />
        <SegmentedControl
          aria-label="Period"
          visibleFrom="sm"
          value={filter.period}
          data={PERIODS.map(([value, label]) => ({ value, label }))}
          onChange={(period) => onChange({ period })}
        />
        <When filter={filter} zone={site.time_zone} onChange={onChange} />
      </Group>
      <Group gap="sm">
        <SearchField
          aria-label="Name, service or room"
          placeholder="Name, service or room"
          value={words}
          onChange={onWords}
          onDown={onDown}
          flex="2 1 220px"
        />
        {filter.period !== "open" && (
          <MultiSelect
            aria-label="State"
            placeholder={filter.statuses.length ? "" : "Any state"}
            flex="1 1 160px"
            clearable
            value={[...filter.statuses]}
            data={Object.entries(STATUS_WORDS).map(([value, label]) => ({ value, label }))}
            onChange={(statuses) => onChange({ status: statuses.filter(isStatus).join(",") || null })}
          />
        )}
        <TherapistSelect
          aria-label="Therapist"
          placeholder="Any therapist"
          flex="1 1 160px"
          siteId={site.id}
          value={filter.therapistId}
          onChange={(therapist) => onChange({ therapist })}
        />
        <ClientSelect
          aria-label="Client"
          placeholder="Any client"
          flex="1 1 160px"
          onlyKnown
          value={filter.clientId}
          onChange={(client) => onChange({ client, period: filter.period })}
        />
        <ListSelect
          aria-label="Room"
          placeholder="Any room"
          flex="1 1 130px"
          clearable
          value={filter.roomId}
          from={rooms}
          data={(rooms.data?.items ?? []).map(({ id, room_number, room_name }) => ({
            value: id,
            label: `${room_number} ${room_name}`,
          }))}
          onChange={(room) => onChange({ room })}
        />
      </Group>
    </Stack>
  );
}

const STEPS: Readonly<Partial<Record<Period, readonly [days: number, unit: string]>>> = {
  day: [1, "day"],
  week: [7, "week"],
};

function When({ filter, zone, onChange }: Pick<FiltersProps, "filter" | "onChange"> & { zone: string }) {
  const step = STEPS[filter.period];
  if (step) {
    const [days, unit] = step;
    return (
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="default"
          size={36}
          aria-label={`Previous ${unit}`}
          onClick={() => onChange({ from: addDays(filter.from, -days) })}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <Day name="Day" value={filter.from} onChange={(from) => onChange({ from })} />
        <ActionIcon
          variant="default"
          size={36}
          aria-label={`Next ${unit}`}
          onClick={() => onChange({ from: addDays(filter.from, days) })}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
        <Button
          variant="default"
          px="sm"
          disabled={filter.from === today(zone)}
          onClick={() => onChange({ from: today(zone) })}
        >
          Today
        </Button>
      </Group>
    );
  }
  return filter.period === "range" ? (
    <Group gap={4} wrap="nowrap">
      <Day
        name="First day"
        value={filter.from}
        onChange={(from) => onChange({ from, ...(from > filter.to && { to: from }) })}
      />
      <Day
        name="Last day"
        value={filter.to}
        onChange={(to) => onChange({ to, ...(to < filter.from && { from: to }) })}
      />
    </Group>
  ) : null;
}

function Day({ name, value, onChange }: { name: string; value: string; onChange: (day: string) => void }) {
  return <DayField aria-label={name} value={value} onChange={(day) => day && onChange(day)} w={160} />;
}
