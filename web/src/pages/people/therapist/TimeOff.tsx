import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type TimeOff as Absence, api, type Therapist } from "@/api";
import { refreshAfter } from "@/live";
import { isPast, now, periodInWords } from "@/time";
import { Loaded, notify, Panel } from "@/ui";
import { AddTimeOff } from "./AddTimeOff";
import { StillBooked } from "./StillBooked";

const ABSENCES_AT_MOST = 500;
const PATH = "/api/scheduling/therapists/{therapist_id}/time-off";

/** When a therapist is not there. */
export function TimeOff({ therapist }: { therapist: Therapist }) {
  const [adding, add] = useDisclosure(false);
  const queries = useQueryClient();
  const path = { therapist_id: therapist.id };
  const [from] = useState(now);
  const absences = api.useQuery("get", PATH, { params: { path, query: { from, limit: ABSENCES_AT_MOST } } });
  const refresh = () => void refreshAfter(queries, "scheduling.therapist_changed.v1");
  const remove = api.useMutation("delete", "/api/scheduling/time-off/{time_off_id}", { onSettled: refresh });
  const restore = api.useMutation("post", PATH, { onSettled: refresh });

  async function back({ id, starts_at, ends_at, reason }: Absence): Promise<void> {
    try {
      await remove.mutateAsync({ params: { path: { time_off_id: id } } });
      notify.done(`${therapist.full_name} is available again; the time off is deleted.`, {
        onClick: () =>
          void restore
            .mutateAsync({ params: { path, query: { force: true } }, body: { starts_at, ends_at, reason } })
            .catch((error) => notify.problem(error)),
      });
    } catch (error) {
      notify.problem(error);
    }
  }

  return (
    <Panel
      title="Time off"
      actions={
        <Button size="xs" variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={add.open}>
          Add time off
        </Button>
      }
    >
      <Loaded query={absences}>
        {({ items }) => {
          const coming = items.filter(({ ends_at }) => !isPast(ends_at));
          return coming.length > 0 ? (
            coming.map((absence) => (
              <Group key={absence.id} justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
                <div>
                  <Text size="sm" className="numbers">
                    {periodInWords(absence.starts_at, absence.ends_at, therapist.time_zone)}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {absence.reason}
                  </Text>
                  <StillBooked absence={absence} />
                </div>
                <Button
                  size="compact-sm"
                  variant="default"
                  loading={remove.isPending}
                  aria-label={`Delete: ${absence.reason}, ${periodInWords(absence.starts_at, absence.ends_at, therapist.time_zone)}`}
                  onClick={() => void back(absence)}
                >
                  Delete
                </Button>
              </Group>
            ))
          ) : (
            <Text size="sm" c="dimmed">
              No time off planned.
            </Text>
          );
        }}
      </Loaded>
      {adding && <AddTimeOff therapist={therapist} onClose={add.close} />}
    </Panel>
  );
}
