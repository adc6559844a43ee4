// What took place: from when to when, who came, what was done besides; with the bill that it makes.
import { ActionIcon, Alert, Button, Checkbox, Group, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { newKey } from "@/api";
import { ServiceSelect, useByCodes } from "@/features/services/ServiceSelect";
import type { Among } from "@/features/services/search";
import { CLIENT_LOCATIONS, type ClientLocation, MODALITIES, readModality } from "@/features/sessions/modality";
import { useStep } from "@/features/sessions/steps";
import { inDollars } from "@/money";
import { durationInWords, isPast, minutesBetween, now, spanInWords, timeOf } from "@/time";
import { FormDrawer, fieldErrors, focusSubmit, NumberField, notify, TimeField, useMissing } from "@/ui";
import { absenceOf } from "./absent";
import type { ActingOn } from "./acting";
import { actualTimes } from "./actual";
import { type AddOn, Bill, type BilledAs } from "./Bill";
import { useBilled } from "./useBilled";

const MOST_UNITS = 24;
const FIELDS = ["actual_start", "actual_end", "attended", "add_ons"];
const ADDABLE: Among = { kind: ["add_on", "base"] };

export function Complete({ session, zone, clients, therapist, onClose }: ActingOn & { onClose: () => void }) {
  const planned = { start: session.starts_at, end: isPast(session.ends_at) ? session.ends_at : now() };
  const [started, setStarted] = useState(timeOf(planned.start, zone));
  const [ended, setEnded] = useState(timeOf(planned.end, zone));
  const [attended, setAttended] = useState<string[]>([...session.client_ids]);
  const [addOns, setAddOns] = useState<AddOn[]>([]);
  const [modality, setModality] = useState(session.modality);
  const [location, setLocation] = useState<ClientLocation>("home");
  const [billed, setBilled] = useState<BilledAs | null>(null);
  const step = useStep(session.id);
  const [firstBilled = session.client_id, ...othersBilled] = useBilled(
    session,
    billed?.service_id ?? session.service_id,
    attended,
  );
  const nameOf = (id: string) => ({ id, name: clients.find((client) => client.id === id)?.name });
  const times = actualTimes(session, started, ended, zone);
  const minutes = times ? minutesBetween(times.start, times.end) : null;
  const booked = minutesBetween(session.starts_at, session.ends_at);
  const isGroup = session.client_ids.length > 1;
  const chosen = addOns.flatMap(({ service, units }) => (service && units !== null ? [{ service, units }] : []));
  const absent = absenceOf(session, billed?.service_code ?? null, attended);
  // Where each of a group is billed, nobody is who did not come.
  const absence = absent?.clientId === firstBilled ? absent : null;
  const { errors, send } = useMissing(
    fieldErrors(step.error, FIELDS),
    {
      actual_start: !started
        ? "Enter a time."
        : !times && ended !== "" && "The clocks were set forward: one of these times did not exist that day.",
      actual_end: !ended ? "Enter a time." : minutes !== null && minutes <= 0 && "The end must be after the start.",
      attended: attended.length === 0 && "If nobody came, mark the session as no-show.",
      add_ons: addOns.some(({ service }) => service === null) && "Choose the additional service, or remove its line.",
    },
    () => {
      if (times) {
        step.mutate(
          {
            step: "complete",
            actual_start: times.start,
            actual_end: times.end,
            modality,
            ...(modality === "in_person" ? {} : { client_location: location }),
            add_ons: chosen.map(({ service, units }) => ({ service_id: service.id, units })),
            ...(isGroup ? { attended } : {}),
            ...(billed ? { service_id: billed.service_id } : {}),
          },
          {
            onSuccess: () => {
              onClose();
              notify.done("The session is completed.", { about: session.id });
            },
          },
        );
      }
    },
  );

  return (
    <FormDrawer
      title="Complete the session"
      submitLabel="Complete"
      onClose={onClose}
      busy={step.isPending}
      dirty={addOns.length > 0}
      errors={errors}
      onSubmit={send}
    >
      <Text size="sm" c="dimmed" className="numbers">
        Booked: {spanInWords(session.starts_at, session.ends_at, zone)}, {durationInWords(booked)}
      </Text>
      <SimpleGrid cols={2}>
        <TimeField
          label="Began"
          data-autofocus
          value={started}
          onChange={setStarted}
          error={errors.at("actual_start")}
        />
        <TimeField
          label="Ended"
          value={ended}
          onChange={setEnded}
          error={errors.at("actual_end") ?? (minutes !== null && minutes <= 0 && "The end must be after the start.")}
        />
      </SimpleGrid>
      <Text size="sm" className="numbers" role="status">
        {minutes !== null && minutes > 0 && `${durationInWords(minutes)}${differing(minutes - booked)}`}
      </Text>
      {isGroup && (
        <Checkbox.Group
          label="Attended"
          value={attended}
          onChange={setAttended}
          error={attended.length === 0 && "If nobody came, mark the session as no-show."}
        >
          <Stack gap={6} mt={6}>
            {clients.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      {absence && (
        <Absent name={clients.find(({ id }) => id === absence.clientId)?.name} {...absence} onBillAs={setBilled} />
      )}
      <SimpleGrid cols={2}>
        <Select
          label="Format"
          allowDeselect={false}
          data={MODALITIES}
          value={modality}
          onChange={(chosen) => setModality(readModality(chosen))}
        />
        {modality !== "in_person" && (
          <Select
            label="Where the client was"
            allowDeselect={false}
            data={CLIENT_LOCATIONS}
            value={location}
            onChange={(chosen) => setLocation(chosen === "other" ? "other" : "home")}
          />
        )}
      </SimpleGrid>
      <AddOns
        addOns={addOns}
        onChange={setAddOns}
        booked={billed?.service_id ?? session.service_id}
        error={errors.at("add_ons")}
      />
      {attended.length > 0 && !absence && addOns.every(({ units }) => units !== null) && (
        <Bill
          session={session}
          zone={zone}
          minutes={minutes}
          billed={billed}
          onBillAs={setBilled}
          clients={[nameOf(firstBilled), ...othersBilled.map(nameOf)]}
          addOns={chosen}
          credential={therapist?.credential ?? null}
        />
      )}
    </FormDrawer>
  );
}

interface AbsentProps {
  readonly name: string | undefined;
  readonly code: string;
  readonly without: string;
  readonly onBillAs: (service: BilledAs) => void;
}

/** Says before the bill is made that the client who is billed was not there, and offers the service for that. */
function Absent({ name = "The client", code, without, onBillAs }: AbsentProps) {
  const [service] = useByCodes([without]);
  return (
    <Alert color="yellow" role="status" p="xs">
      {name} is the client who is billed and did not attend. {code} requires that client to be present; {without} is the
      service without the client. If it is completed as {code}, its record is made with this warning.
      {service && (
        <Group mt={6}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={(event) => {
              focusSubmit(event.currentTarget);
              onBillAs({
                service_id: service.id,
                service_code: service.service_code,
                service_name: service.service_name,
                rate_per_unit: service.base_rate,
              });
            }}
          >
            Bill as {without}, {inDollars(service.base_rate)}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

function differing(minutes: number): string {
  return minutes === 0
    ? ", as booked"
    : minutes > 0
      ? `, ${durationInWords(minutes)} longer than booked`
      : `, ${durationInWords(-minutes)} shorter than booked`;
}

interface AddOnsProps {
  readonly addOns: readonly AddOn[];
  readonly onChange: (addOns: AddOn[]) => void;
  /** What is billed anyway. */
  readonly booked: string;
  readonly error: string | undefined;
}

function AddOns({ addOns, onChange, booked, error }: AddOnsProps) {
  const change = (key: string, changes: Partial<AddOn>) =>
    onChange(addOns.map((addOn) => (addOn.key === key ? { ...addOn, ...changes } : addOn)));
  const taken = new Set([booked, ...addOns.flatMap(({ service }) => service?.id ?? [])]);
  return (
    <Stack gap="xs">
      {addOns.map(({ key, service, units }, index) => (
        <Group key={key} align="flex-end" wrap="nowrap" gap="xs">
          <ServiceSelect
            label={index === 0 ? "Additional service" : undefined}
            aria-label={`Additional service, ${index + 1}`}
            flex={1}
            among={ADDABLE}
            except={taken}
            withRate
            value={service?.id ?? null}
            onChange={(_, picked) => change(key, { service: picked })}
            error={service === null && error}
          />
          <NumberField
            label={index === 0 ? "Units" : undefined}
            aria-label={`Units, ${index + 1}`}
            w={84}
            most={MOST_UNITS}
            value={units}
            onChange={(value) => change(key, { units: value })}
          />
          <ActionIcon
            variant="subtle"
            size={36}
            aria-label={`Remove additional service ${index + 1}`}
            onClick={() => onChange(addOns.filter((addOn) => addOn.key !== key))}
          >
            <IconTrash size={17} />
          </ActionIcon>
        </Group>
      ))}
      {error && addOns.every(({ service }) => service !== null) && (
        <Text size="sm" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
      <Group>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => onChange([...addOns, { key: newKey(), service: null, units: 1 }])}
        >
          Add a service
        </Button>
      </Group>
    </Stack>
  );
}
