// The next times at which everybody is free: one click fills in day and time.
import { Button, Group, Text } from "@mantine/core";
import { api, type Site } from "@/api";
import { dayInWords, dayOf, startOfDay, timeInWords, timeOf, today } from "@/time";
import { placesOf, type Wish } from "./wish";

const SHOWN = 4;

interface NextFreeProps {
  readonly wish: Wish;
  readonly site: Site;
  readonly onChange: (changes: Partial<Wish>) => void;
}

export function NextFree({ wish, site, onChange }: NextFreeProps) {
  const enabled = wish.serviceId !== null && wish.therapistId !== null && wish.time === "";
  const clients = [wish.clientId, ...wish.others].filter((id) => id !== null);
  const places = placesOf(wish);
  const found = api.useQuery(
    "get",
    "/api/scheduling/first-available",
    {
      params: {
        query: {
          site_id: site.id,
          service_id: wish.serviceId ?? "",
          limit: SHOWN,
          // From the chosen day on; today, from now on.
          ...(wish.day > today(site.time_zone) ? { from: startOfDay(wish.day, site.time_zone) } : {}),
          ...(wish.therapistId ? { therapist_id: wish.therapistId } : {}),
          ...(clients.length ? { client_id: clients } : {}),
          ...(places ? { capacity: places } : {}),
          ...(wish.equipment.length ? { equipment: [...wish.equipment] } : {}),
        },
      },
    },
    { enabled },
  );
  const slots = found.data?.items ?? [];
  if (!enabled || slots.length === 0) {
    return null;
  }
  return (
    <Group gap={6} role="group" aria-label="Next free times">
      <Text size="sm" c="dimmed">
        Next free
      </Text>
      {slots.map(({ starts_at }) => {
        const day = dayOf(starts_at, site.time_zone);
        return (
          <Button
            key={starts_at}
            variant="default"
            size="compact-sm"
            onClick={() => onChange({ day, time: timeOf(starts_at, site.time_zone) })}
          >
            {dayInWords(day)}, {timeInWords(starts_at, site.time_zone)}
          </Button>
        );
      })}
    </Group>
  );
}
