// A client joins the waitlist: for which service, with whom, and when they can come.
import { Checkbox, Group, Select, SimpleGrid, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Site } from "@/api";
import { Insurance, useCoverage } from "@/features/billing/Insurance";
import { ClientSelect, TherapistSelect } from "@/features/people/PersonSelect";
import { ServiceSelect } from "@/features/services/ServiceSelect";
import { MODALITIES, type Modality, readModality } from "@/features/sessions/modality";
import { refreshAfter } from "@/live";
import { addDays, inOrderOfWeek, now, startOfDay, today } from "@/time";
import { DayField, FormDrawer, fieldErrors, notify, TimeField, useMissing } from "@/ui";
import { WEEKDAYS } from "./text";

const FIELDS = ["client_id", "service_id", "therapist_id", "earliest", "latest", "hours"];
const BOOKABLE = { bookable: true } as const;
const USUAL_WAIT_DAYS = 28;

export function AddEntry({ site, onClose }: { site: Site; onClose: () => void }) {
  const queries = useQueryClient();
  const zone = site.time_zone;
  const first = today(zone);
  // The same for as long as the form is open, so that it can be sent again after a lost answer.
  const [opened] = useState(now);
  const [clientId, setClientId] = useState<string | null>(null);
  const [serviceId, setServiceId] = useState<string | null>(null);
  const [therapistId, setTherapistId] = useState<string | null>(null);
  const [from, setFrom] = useState(first);
  const [until, setUntil] = useState(addDays(first, USUAL_WAIT_DAYS));
  const [days, setDays] = useState<string[]>([]);
  const [start, setStart] = useState("08:00");
  const [end, setEnd] = useState("20:00");
  const [modality, setModality] = useState<Modality>("in_person");
  const [insurance, setInsurance] = useState<boolean | null>(null);
  const coverage = useCoverage(clientId ? [clientId] : [], from, until);
  // Until it is known that nothing covers the client: whoever has no coverage then pays, and nobody pays what insurance owes.
  const billsInsurance = insurance ?? (clientId !== null && coverage !== null);
  const add = api.useMutation("post", "/api/scheduling/waitlist", {
    onSuccess: ({ client_name, position }) => {
      notify.done(`${client_name} is on the waitlist${position ? ` as number ${position}` : ""}.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "scheduling.session_cancelled.v1"),
  });
  const areHours = days.length === 0 || (start !== "" && end !== "" && start < end);
  const { errors, send } = useMissing(
    fieldErrors(add.error, FIELDS),
    {
      client_id: !clientId && "Choose a client.",
      service_id: !serviceId && "Choose a service.",
      latest: from > until && "It must not be before the first day.",
      end: !areHours && "It must be later than the first.",
    },
    () => {
      if (clientId && serviceId) {
        add.mutate({
          body: {
            client_id: clientId,
            service_id: serviceId,
            site_id: site.id,
            earliest: from === first ? opened : startOfDay(from, zone),
            latest: startOfDay(addDays(until, 1), zone),
            insurance_applicable: billsInsurance,
            modality,
            ...(therapistId ? { therapist_id: therapistId } : {}),
            ...(days.length ? { hours: Object.fromEntries(days.map((day) => [day, [[start, end]]])) } : {}),
          },
        });
      }
    },
  );
  return (
    <FormDrawer
      title="Add to the waitlist"
      submitLabel="Save"
      onClose={onClose}
      busy={add.isPending}
      dirty={clientId !== null || serviceId !== null}
      errors={errors}
      onSubmit={send}
    >
      <ClientSelect
        showsContact
        label="Client"
        placeholder="Type a name"
        withAsterisk
        data-autofocus
        value={clientId}
        onChange={(chosen) => {
          setClientId(chosen);
          setInsurance(null);
        }}
        error={errors.at("client_id")}
      />
      <ServiceSelect
        label="Service"
        withAsterisk
        among={BOOKABLE}
        value={serviceId}
        onChange={setServiceId}
        error={errors.at("service_id")}
      />
      <TherapistSelect
        label="Therapist"
        placeholder="Any therapist"
        siteId={site.id}
        value={therapistId}
        onChange={setTherapistId}
        error={errors.at("therapist_id")}
      />
      <Select
        label="Format"
        allowDeselect={false}
        data={MODALITIES}
        value={modality}
        onChange={(chosen) => setModality(readModality(chosen))}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <DayField
          label="From"
          value={from}
          minDate={first}
          onChange={(day) => day && setFrom(day)}
          error={errors.at("earliest")}
        />
        <DayField
          label="Until"
          value={until}
          minDate={from}
          onChange={(day) => day && setUntil(day)}
          error={errors.at("latest")}
        />
      </SimpleGrid>
      <Stack gap="xs">
        <Checkbox.Group
          label="Only on these days"
          description="None means any time of the week."
          value={days}
          onChange={setDays}
          error={errors.at("hours")}
        >
          <Group gap="sm" mt={6}>
            {inOrderOfWeek(WEEKDAYS).map(([day, name]) => (
              <Checkbox key={day} value={day} label={name} />
            ))}
          </Group>
        </Checkbox.Group>
        {days.length > 0 && (
          <SimpleGrid cols={2}>
            <TimeField label="Between" value={start} onChange={setStart} />
            <TimeField label="And" value={end} onChange={setEnd} error={errors.at("end")} />
          </SimpleGrid>
        )}
      </Stack>
      <Insurance coverage={coverage} dates="these dates" checked={billsInsurance} onChange={setInsurance} />
    </FormDrawer>
  );
}
