import {
  ActionIcon,
  Button,
  CloseButton,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  TextInput,
} from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconSearch } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { api, type Site } from "@/api";
import { DayField, ListSelect, STATUS_WORDS } from "@/parts";
import { ClientSelect, TherapistSelect } from "@/people/PersonSelect";
import { addDays, today } from "@/time";
import { type Asked, isStatus, PERIODS, type Period } from "./asked";

const ROOMS_AT_MOST = 500;
const LONGEST_SEARCH = 100;

interface FiltersProps {
  readonly asked: Asked;
  readonly words: string;
  readonly site: Site;
  readonly onWords: (words: string) => void;
  readonly onChange: (changes: Readonly<Record<string, string | null>>) => void;
  /** The arrow leads from the search into what was found. */
  readonly onDown: () => void;
}

/** When, who, where, and in which state; all of it stands in the address. */
export function Filters({ asked, words, site, onWords, onChange, onDown }: FiltersProps) {
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
          value={asked.period}
          data={PERIODS.map(([value, label]) => ({ value, label }))}
          onChange={(period) => onChange({ period })}
        />
        <SegmentedControl
          aria-label="Period"
          visibleFrom="sm"
          value={asked.period}
          data={PERIODS.map(([value, label]) => ({ value, label }))}
          onChange={(period) => onChange({ period })}
        />
        <When asked={asked} zone={site.time_zone} onChange={onChange} />
      </Group>
      <Group gap="sm">
        <TextInput
          aria-label="Name, service or room"
          placeholder="Name, service or room"
          leftSection={<IconSearch size={17} aria-hidden />}
          rightSection={words && <CloseButton size="sm" aria-label="Clear the search" onClick={() => onWords("")} />}
          value={words}
          maxLength={LONGEST_SEARCH}
          flex="2 1 220px"
          onChange={(event) => onWords(event.currentTarget.value)}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === "ArrowDown") {
              event.preventDefault();
              onDown();
            }
          }}
        />
        {asked.period !== "open" && (
          <MultiSelect
            aria-label="State"
            placeholder={asked.statuses.length ? "" : "Any state"}
            flex="1 1 160px"
            clearable
            value={[...asked.statuses]}
            data={Object.entries(STATUS_WORDS).map(([value, label]) => ({ value, label }))}
            onChange={(statuses) => onChange({ status: statuses.filter(isStatus).join(",") || null })}
          />
        )}
        <TherapistSelect
          aria-label="Therapist"
          placeholder="Any therapist"
          flex="1 1 160px"
          siteId={site.id}
          value={asked.therapistId}
          onChange={(therapist) => onChange({ therapist })}
        />
        <ClientSelect
          aria-label="Client"
          placeholder="Any client"
          flex="1 1 160px"
          onlyKnown
          value={asked.clientId}
          onChange={(client) => onChange({ client, period: asked.period })}
        />
        <ListSelect
          aria-label="Room"
          placeholder="Any room"
          flex="1 1 130px"
          clearable
          value={asked.roomId}
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

function When({ asked, zone, onChange }: Pick<FiltersProps, "asked" | "onChange"> & { zone: string }) {
  const step = STEPS[asked.period];
  if (step) {
    const [days, unit] = step;
    return (
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="default"
          size={36}
          aria-label={`Previous ${unit}`}
          onClick={() => onChange({ from: addDays(asked.from, -days) })}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <Day name="Day" value={asked.from} onChange={(from) => onChange({ from })} />
        <ActionIcon
          variant="default"
          size={36}
          aria-label={`Next ${unit}`}
          onClick={() => onChange({ from: addDays(asked.from, days) })}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
        <Button
          variant="default"
          px="sm"
          disabled={asked.from === today(zone)}
          onClick={() => onChange({ from: today(zone) })}
        >
          Today
        </Button>
      </Group>
    );
  }
  return asked.period === "range" ? (
    <Group gap={4} wrap="nowrap">
      <Day
        name="First day"
        value={asked.from}
        onChange={(from) => onChange({ from, ...(from > asked.to && { to: from }) })}
      />
      <Day name="Last day" value={asked.to} onChange={(to) => onChange({ to, ...(to < asked.from && { from: to }) })} />
    </Group>
  ) : null;
}

function Day({ name, value, onChange }: { name: string; value: string; onChange: (day: string) => void }) {
  return <DayField aria-label={name} value={value} onChange={(day) => day && onChange(day)} w={160} />;
}
