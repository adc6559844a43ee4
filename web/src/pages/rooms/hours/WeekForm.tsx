import { Button, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { inOrderOfWeek } from "@/time";
import { ConfirmLeaving, notify, Panel, ProblemNotice, useEditing, WhatChanged } from "@/ui";
import { AffectedSessions } from "../AffectedSessions";
import { affectedBy } from "../refusals";
import { WEEKDAYS } from "../weekdays";
import { SpansField } from "./SpansField";
import { asSpans, type Span, spansInWords, tidied, wrongWith } from "./week";

const NAMES = Object.fromEntries(WEEKDAYS);
const WARNING =
  "Move them first, or save these hours anyway: they stay booked at a time at which the site is closed, and are listed as waiting for another time.";

/** The hours of each weekday; what is booked outside of new ones is shown before they are kept. */
export function WeekForm({ site }: { site: Site }) {
  const editing = useEditing<Record<string, Span[]>>({ version: site.version, values: weekOf(site) });
  const queries = useQueryClient();
  const save = api.useMutation("patch", "/api/rooms/sites/{site_id}", {
    onSuccess: () => notify.done(`${site.site_name} hours are saved.`),
    onSettled: () => refreshAfter(queries, "rooms.site_changed.v1"),
  });
  // Until the site is read again, what was saved still differs from what was read.
  const isUnsaved = editing.isChanged && !save.isSuccess;
  const affected = affectedBy(save.error);
  // What somebody else changed is shown instead, until it is decided.
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const isWrong = WEEKDAYS.some(([key]) => wrongWith(editing.values[key] ?? []));
  const send = (force: boolean) => {
    const week = tidied(editing.values);
    for (const [key] of WEEKDAYS) {
      editing.set(key, week[key] ?? []);
    }
    save.mutate({
      params: {
        path: { site_id: site.id },
        query: force ? { force } : {},
        header: { "if-match": `"${editing.version}"` },
      },
      body: { opening_hours: week },
    });
  };
  return (
    <Panel title="Every week" about="In the site's time zone. Midnight as an end means the end of the day.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!affected) {
            send(false);
          }
        }}
      >
        <Stack gap="md">
          <WhatChanged editing={editing} names={NAMES} words={(_, value) => spansInWords(value as Span[])} />
          {inOrderOfWeek(WEEKDAYS).map(([key, name]) => (
            <SpansField
              key={key}
              name={name}
              spans={editing.values[key] ?? []}
              onChange={(spans) => {
                save.reset();
                editing.set(key, spans);
              }}
              error={wrongWith(editing.values[key] ?? [])}
            />
          ))}
          {affected ? (
            <AffectedSessions
              affected={affected}
              zone={site.time_zone}
              warning={WARNING}
              force="Save anyway"
              onForce={() => send(true)}
              busy={save.isPending}
            />
          ) : (
            save.error && !isStale && <ProblemNotice error={save.error} />
          )}
          <Group justify="flex-end">
            {isUnsaved && (
              <Text size="sm" c="dimmed">
                Not saved yet
              </Text>
            )}
            <Button
              variant="default"
              disabled={!isUnsaved}
              onClick={() => {
                save.reset();
                editing.startOver();
              }}
            >
              Discard changes
            </Button>
            {!affected && (
              <Button type="submit" disabled={!isUnsaved || isWrong} loading={save.isPending}>
                Save
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      <ConfirmLeaving when={isUnsaved}>The opening hours you changed are not saved.</ConfirmLeaving>
    </Panel>
  );
}

function weekOf(site: Site): Record<string, Span[]> {
  return Object.fromEntries(WEEKDAYS.map(([key]) => [key, asSpans(site.opening_hours[key])]));
}
