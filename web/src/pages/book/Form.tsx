// What somebody wants: who, with whom, what, when, and what the room must have. There is no duration: the service has one.
import {
  Alert,
  Anchor,
  Button,
  Collapse,
  Group,
  MultiSelect,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api, type Service, type Site } from "@/api";
import { type Covered, Insurance } from "@/features/billing/Insurance";
import { ClientSelect, TherapistSelect } from "@/features/people/PersonSelect";
import { ServiceSelect } from "@/features/services/ServiceSelect";
import { EQUIPMENT_FOR, MODALITIES, readModality } from "@/features/sessions/modality";
import { WhenFields } from "@/features/sessions/WhenFields";
import { inDollars } from "@/money";
import { durationInWords, isPast } from "@/time";
import { ListSelect, NumberField } from "@/ui";
import { BilledTo } from "./BilledTo";
import {
  type BookingRequest,
  REPEATS_AT_LEAST,
  REPEATS_AT_MOST,
  type Repeats,
  startOf,
  type Unread,
} from "./bookingRequest";
import { NextFree } from "./NextFree";
import { OverrideReason } from "./OverrideReason";

const BOOKABLE = { bookable: true } as const;
const ROOMS_AT_MOST = 500;
const LARGEST_ROOM = 1000;
/** As many as one session has at most. */
const CLIENTS_AT_MOST = 50;

interface FormProps {
  readonly wanted: BookingRequest;
  readonly onChange: (changes: Partial<BookingRequest>) => void;
  /** Called when a field begins and ceases to have a text that cannot be read. */
  readonly onUnread: (field: Unread, isUnread: boolean) => void;
  readonly unread: readonly Unread[];
  readonly site: Site;
  readonly coverage: Covered;
  readonly service: Service | undefined;
  /** What the link had in place of a time. */
  readonly noTime: string | null;
  /** Whether the reason to override rules is entered below the form, where a refusal asks for it. */
  readonly requiresReason: boolean;
}

export function Form({
  wanted,
  onChange,
  onUnread,
  unread,
  site,
  coverage,
  service,
  noTime,
  requiresReason,
}: FormProps) {
  const zone = site.time_zone;
  return (
    <Stack>
      <ClientSelect
        showsContact
        label="Client"
        placeholder="Type a name"
        withAsterisk
        autoFocus
        value={wanted.clientId}
        // Whether insurance is billed, and the series, are of the client who was here before.
        onChange={(clientId) =>
          onChange({
            clientId,
            others: wanted.others.filter((id) => id !== clientId),
            insurance: null,
            besideSeries: null,
            inPlaceOf: null,
          })
        }
      />
      <TherapistSelect
        label="Therapist"
        placeholder="Type a name"
        withAsterisk
        siteId={site.id}
        value={wanted.therapistId}
        onChange={(therapistId) => onChange({ therapistId })}
      />
      <ServiceSelect
        label="Service"
        withAsterisk
        among={BOOKABLE}
        value={wanted.serviceId}
        onChange={(serviceId) => onChange({ serviceId })}
        description={service && serviceInWords(service)}
      />
      <WhenFields
        when={wanted}
        onChange={onChange}
        onUnread={(isUnread) => onUnread("day", isUnread)}
        zone={zone}
        minutes={service?.standard_duration ?? null}
        {...(noTime && wanted.time === ""
          ? { error: `“${noTime}” in the link is not a time and is ignored. Enter a time.` }
          : {})}
      />
      {!unread.includes("day") && <Backdated wanted={wanted} onChange={onChange} zone={zone} />}
      {service && unread.length === 0 && <NextFree wanted={wanted} site={site} onChange={onChange} />}
      {/* Always shown, after what every booking needs: the order of Tab does not depend on which look-ups have answered. */}
      <Others wanted={wanted} onChange={onChange} clientsAtLeast={service?.min_clients ?? 1} />
      <Select
        label="Format"
        allowDeselect={false}
        data={MODALITIES}
        value={wanted.modality}
        onChange={(modality) => onChange({ modality: readModality(modality) })}
      />
      <Where wanted={wanted} onChange={onChange} onUnread={onUnread} siteId={site.id} />
      {service?.billed_per === "session" && wanted.clientId && wanted.others.length > 0 && (
        <BilledTo wanted={wanted} clientId={wanted.clientId} coverage={coverage} onChange={onChange} />
      )}
      <Insurance
        coverage={coverage}
        checked={wanted.insurance ?? false}
        onChange={(insurance) => onChange({ insurance })}
      />
      <Repeat repeats={wanted.repeats} onChange={(repeats) => onChange({ repeats })} onUnread={onUnread} />
      <More wanted={wanted} onChange={onChange} requiresReason={requiresReason} />
    </Stack>
  );
}

function serviceInWords({ standard_duration, base_rate, min_clients = 1 }: Service): string {
  const who = min_clients > 1 ? ` · at least ${min_clients} clients` : "";
  return `${durationInWords(standard_duration)} · ${inDollars(base_rate)} today${who}`;
}

/** Who comes besides; a couple, a family and a group are booked in one session. */
function Others({
  wanted,
  onChange,
  clientsAtLeast,
}: Pick<FormProps, "wanted" | "onChange"> & { clientsAtLeast: number }) {
  const [adding, setAdding] = useState(false);
  /** Whether somebody has just been added: the field is gone then, and the focus goes on to what follows. */
  const [added, setAdded] = useState(false);
  /** Whether the button has the focus: where a field takes its place, that has it. */
  const [isReached, setReached] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const put = (others: readonly string[]) => onChange({ others: [...new Set(others)] });
  const isFull = wanted.others.length + 1 >= CLIENTS_AT_MOST;
  const lacksSome = wanted.others.length + 1 < clientsAtLeast;
  return (
    <Stack gap="xs">
      {wanted.others.map((id, index) => (
        <ClientSelect
          showsContact
          key={id}
          label={`Client ${index + 2}`}
          value={id}
          onChange={(other) =>
            put(
              other
                ? wanted.others.map((one) => (one === id ? other : one))
                : wanted.others.filter((one) => one !== id),
            )
          }
        />
      ))}
      {(adding || lacksSome) && !isFull ? (
        <ClientSelect
          showsContact
          key={wanted.others.length}
          label={`Client ${wanted.others.length + 2}`}
          placeholder="Type a name"
          withAsterisk={lacksSome}
          autoFocus={adding || added || isReached}
          value={null}
          error={error}
          onChange={(other) => {
            if (other && [wanted.clientId, ...wanted.others].includes(other)) {
              setError("This client is in the session already. Choose another.");
            } else if (other) {
              setError(null);
              setAdding(false);
              setAdded(true);
              put([...wanted.others, other]);
            }
          }}
        />
      ) : (
        <Group gap="xs">
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconUserPlus size={16} aria-hidden />}
            disabled={isFull}
            autoFocus={added}
            onFocus={() => setReached(true)}
            onBlur={() => setReached(false)}
            onClick={() => setAdding(true)}
          >
            Add another client
          </Button>
          {wanted.others.length > 0 && (
            <Text size="sm" c="dimmed">
              One session for {wanted.others.length + 1} clients
            </Text>
          )}
        </Group>
      )}
    </Stack>
  );
}

/** Whether it has begun already: then only a walk-in can be recorded. */
function Backdated({ wanted, onChange, zone }: Pick<FormProps, "wanted" | "onChange"> & { zone: string }) {
  const start = startOf(wanted, zone);
  if (!start || !isPast(start)) {
    return null;
  }
  return (
    <Alert color="yellow" p="xs">
      <Switch
        label="Already started: record a walk-in from the last 30 days"
        checked={wanted.backdated}
        onChange={(event) => onChange({ backdated: event.currentTarget.checked })}
      />
    </Alert>
  );
}

function Where({
  wanted,
  onChange,
  onUnread,
  siteId,
}: Pick<FormProps, "wanted" | "onChange" | "onUnread"> & { siteId: string }) {
  const rooms = api.useQuery("get", "/api/rooms/rooms", {
    params: { query: { site_id: siteId, is_active: true, limit: ROOMS_AT_MOST } },
  });
  const words = [...new Set(rooms.data?.items.flatMap(({ equipment }) => equipment) ?? [])].sort();
  const helpful = EQUIPMENT_FOR[wanted.modality];
  return (
    <Stack gap={6}>
      <ListSelect
        label="Room"
        placeholder="Any suitable room"
        clearable
        value={wanted.roomId}
        onChange={(roomId) => onChange({ roomId })}
        from={rooms}
        data={(rooms.data?.items ?? []).map(({ id, room_number, room_name }) => ({
          value: id,
          label: `${room_number} ${room_name}`,
        }))}
      />
      {!wanted.roomId && (
        <SimpleGrid cols={2}>
          <NumberField
            label="Seats at least"
            placeholder="Clients"
            most={LARGEST_ROOM}
            clearable
            value={wanted.capacity}
            onChange={(capacity) => onChange({ capacity })}
            onUnread={(isUnread) => onUnread("seats", isUnread)}
          />
          <MultiSelect
            label="Equipment"
            placeholder={wanted.equipment.length ? "" : "Any"}
            data={words}
            value={[...wanted.equipment]}
            onChange={(equipment) => onChange({ equipment })}
          />
        </SimpleGrid>
      )}
      {!wanted.roomId && helpful && words.includes(helpful) && !wanted.equipment.includes(helpful) && (
        <Text size="xs" c="dimmed">
          The room is chosen without regard to the format.{" "}
          <Anchor
            component="button"
            type="button"
            size="xs"
            underline="always"
            onClick={() => onChange({ equipment: [...wanted.equipment, helpful] })}
          >
            Only rooms with {helpful}
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}

const USUAL: Repeats = { every: "week", times: 8, mode: "best_effort" };

interface RepeatProps extends Pick<FormProps, "onUnread"> {
  readonly repeats: Repeats | null;
  readonly onChange: (repeats: Repeats | null) => void;
}

function Repeat({ repeats, onChange, onUnread }: RepeatProps) {
  return (
    <Stack gap="xs">
      <Switch
        label="Repeat"
        checked={repeats !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? USUAL : null)}
      />
      {repeats && (
        <>
          <SimpleGrid cols={2}>
            <Select
              label="Every"
              allowDeselect={false}
              value={repeats.every}
              onChange={(every) => onChange({ ...repeats, every: every as Repeats["every"] })}
              data={[
                { value: "week", label: "week" },
                { value: "fortnight", label: "two weeks" },
                { value: "month", label: "month" },
              ]}
            />
            <NumberField
              label="Sessions"
              least={REPEATS_AT_LEAST}
              most={REPEATS_AT_MOST}
              value={repeats.times}
              onChange={(times) => times && onChange({ ...repeats, times })}
              onUnread={(isUnread) => onUnread("sessions", isUnread)}
            />
          </SimpleGrid>
          <Select
            label="If a date is not available"
            allowDeselect={false}
            value={repeats.mode}
            onChange={(mode) => onChange({ ...repeats, mode: mode as Repeats["mode"] })}
            data={[
              { value: "best_effort", label: "book the other dates" },
              { value: "all_or_nothing", label: "book none" },
            ]}
          />
        </>
      )}
    </Stack>
  );
}

function More({ wanted, onChange, requiresReason }: Pick<FormProps, "wanted" | "onChange" | "requiresReason">) {
  const [opened, { toggle }] = useDisclosure(Boolean(wanted.notes || wanted.override));
  return (
    <div>
      <Group>
        <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={opened}>
          {opened ? "Fewer options" : "More options"}
        </Button>
      </Group>
      <Collapse expanded={opened}>
        <Stack gap="xs" mt="xs">
          <Textarea
            label="Note for billing"
            autosize
            minRows={2}
            maxLength={2000}
            value={wanted.notes}
            onChange={(event) => onChange({ notes: event.currentTarget.value })}
          />
          {!requiresReason && (
            <OverrideReason
              wanted={wanted}
              onChange={onChange}
              description="Overrides booking window, notice, buffers, travel times, daily maximum, working hours, breaks and time off. The reason is logged."
            />
          )}
        </Stack>
      </Collapse>
    </div>
  );
}
