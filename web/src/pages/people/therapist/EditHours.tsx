// Hours by typing: `9-12, 13-17` for each weekday, at each site where they are not simply the site's own.
import { Fieldset, SimpleGrid, Switch, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Therapist, type WorkingHours } from "@/api";
import { useSites } from "@/features/site";
import { refreshAfter } from "@/live";
import { inOrderOfWeek } from "@/time";
import { FormDrawer, fieldErrors, notify, useMissing } from "@/ui";
import { DAY_NAMES, DAYS, type Spans, spansInWords, type Weekday, writtenSpans } from "./spans";

type Written = Readonly<Record<Weekday, string>>;
const UNREADABLE = "Enter hours as 9-12, 13-17, in order.";

interface EditHoursProps {
  readonly therapist: Therapist;
  readonly hours: WorkingHours;
  readonly onClose: () => void;
}

export function EditHours({ therapist, hours, onClose }: EditHoursProps) {
  const { sites } = useSites();
  const queries = useQueryClient();
  const theirs = sites.filter(({ id }) => therapist.site_ids.length === 0 || therapist.site_ids.includes(id));
  const [own, setOwn] = useState<Readonly<Record<string, Written>>>(() =>
    Object.fromEntries(Object.entries(hours.hours).map(([id, week]) => [id, written(week)])),
  );
  const [breaks, setBreaks] = useState(() => written(hours.breaks));
  const [opened] = useState(hours);
  // A later version with the same hours, such as one that only cannot be booked any more, is as good as the one that was read.
  const version = hasSameHours(opened, hours) ? hours.version : opened.version;
  const [touched, setTouched] = useState(false);
  const put = api.useMutation("put", "/api/scheduling/therapists/{therapist_id}/working-hours", {
    onSuccess: () => {
      notify.done(`${therapist.full_name}'s hours are saved. Booked sessions do not change.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "scheduling.therapist_changed.v1"),
  });
  const isReadable = [...Object.values(own), breaks].every((week) => DAYS.every((day) => writtenSpans(week[day])));
  const { errors, send } = useMissing(
    fieldErrors(put.error, []),
    // Each field shows itself why it cannot be read.
    { hours: !isReadable && "Correct the times that cannot be read." },
    () =>
      put.mutate({
        params: { path: { therapist_id: therapist.id }, header: { "if-match": `"${version}"` } },
        body: {
          hours: Object.fromEntries(Object.entries(own).map(([id, week]) => [id, read(week)])),
          breaks: read(breaks),
        },
      }),
  );

  function change(siteId: string, week: Written | null): void {
    setTouched(true);
    setOwn((before) => {
      const { [siteId]: _, ...others } = before;
      return week ? { ...others, [siteId]: week } : others;
    });
  }

  return (
    <FormDrawer
      title={`${therapist.full_name}'s working hours`}
      submitLabel="Save"
      onClose={onClose}
      busy={put.isPending}
      disabled={!touched}
      dirty={touched}
      errors={errors}
      onSubmit={send}
    >
      <Text size="sm" c="dimmed">
        In each site's time zone. Leave a day empty if not working.
      </Text>
      {theirs.map(({ id, site_name, opening_hours }) => {
        const week = own[id];
        return (
          <Fieldset key={id} legend={site_name}>
            <Switch
              label="Whenever the site is open"
              checked={!week}
              onChange={(event) => change(id, event.currentTarget.checked ? null : written(opening_hours ?? {}))}
            />
            {week && <Week name={site_name} week={week} onChange={(changed) => change(id, changed)} />}
          </Fieldset>
        );
      })}
      <Fieldset legend="Breaks, at every site">
        <Week
          name="Breaks"
          week={breaks}
          onChange={(week) => {
            setTouched(true);
            setBreaks(week);
          }}
        />
      </Fieldset>
    </FormDrawer>
  );
}

interface WeekProps {
  readonly name: string;
  readonly week: Written;
  readonly onChange: (week: Written) => void;
}

function Week({ name, week, onChange }: WeekProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing={4} mt={6}>
      {inOrderOfWeek(DAYS).map((day) => (
        <TextInput
          key={day}
          size="sm"
          label={DAY_NAMES[day]}
          aria-label={`${name}, ${DAY_NAMES[day]}`}
          autoComplete="off"
          value={week[day]}
          onChange={(event) => onChange({ ...week, [day]: event.currentTarget.value })}
          onBlur={() => {
            const tidy = tidied(week[day]);
            if (tidy !== week[day]) {
              onChange({ ...week, [day]: tidy });
            }
          }}
          error={writtenSpans(week[day]) ? undefined : UNREADABLE}
        />
      ))}
    </SimpleGrid>
  );
}

function written(week: Readonly<Record<string, readonly (readonly string[])[] | undefined>>): Written {
  return Object.fromEntries(DAYS.map((day) => [day, spansInWords(week[day])])) as Written;
}

function read(week: Written): Record<string, Spans> {
  return Object.fromEntries(
    DAYS.map((day) => [day, writtenSpans(week[day]) ?? []]).filter(([, spans]) => spans?.length),
  );
}

function hasSameHours(one: WorkingHours, other: WorkingHours): boolean {
  return JSON.stringify([one.hours, one.breaks]) === JSON.stringify([other.hours, other.breaks]);
}

function tidied(text: string): string {
  const spans = writtenSpans(text);
  return spans ? spansInWords(spans) : text;
}
