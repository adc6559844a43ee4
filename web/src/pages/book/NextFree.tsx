// The next times at which everybody is free: one click fills in day and time.
import { Button, Group, Text } from "@mantine/core";
import { api, type Site } from "@/api";
import { dayInWords, dayOf, startOfDay, timeInWords, timeOf, today } from "@/time";
import { type BookingRequest, placesOf } from "./bookingRequest";

const SHOWN = 4;

interface NextFreeProps {
  readonly wanted: BookingRequest;
  readonly site: Site;
  readonly onChange: (changes: Partial<BookingRequest>) => void;
}

export function NextFree({ wanted, site, onChange }: NextFreeProps) {
  const enabled = wanted.serviceId !== null && wanted.therapistId !== null && wanted.time === "";
  const clients = [wanted.clientId, ...wanted.others].filter((id) => id !== null);
  const places = placesOf(wanted);
  const found = api.useQuery(
    "get",
    "/api/scheduling/first-available",
    {
      params: {
        query: {
          site_id: site.id,
          service_id: wanted.serviceId ?? "",
          limit: SHOWN,
          // From the chosen day on; today, from now on.
          ...(wanted.day > today(site.time_zone) ? { from: startOfDay(wanted.day, site.time_zone) } : {}),
          ...(wanted.therapistId ? { therapist_id: wanted.therapistId } : {}),
          ...(clients.length ? { client_id: clients } : {}),
          ...(places ? { capacity: places } : {}),
          ...(wanted.equipment.length ? { equipment: [...wanted.equipment] } : {}),
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
