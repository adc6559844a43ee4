// How much of the open time is used, by hour of the week and by room, and what demand found no room.
import { Grid, Group, Text } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api } from "@/api";
import { useSite } from "@/features/site";
import { addDays, isDay, today } from "@/time";
import { DayField, Empty, Loaded, Panel, ProblemNotice, useAt } from "@/ui";
import { RoomsPage } from "../RoomsPage";
import { Bars } from "./Bars";
import { HeatMap } from "./HeatMap";

const USUAL_DAYS = 28;

export function Component() {
  const site = useSite();
  const at = useAt();
  const [query, setQuery] = useSearchParams();
  const until = query.get("to");
  const since = query.get("from");
  const to = isDay(until) ? until : today(site.time_zone);
  const from = isDay(since) ? since : addDays(to, 1 - USUAL_DAYS);
  const put = (name: "from" | "to", day: string) =>
    isDay(day) &&
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        next.set("from", from);
        next.set("to", to);
        next.set(name, day);
        return next;
      },
      { replace: true },
    );
  const used = api.useQuery(
    "get",
    "/api/rooms/utilization",
    { params: { query: { site_id: site.id, from, to } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <RoomsPage title="Utilization" about={`How much of the open time of ${site.site_name} is used.`}>
      <Group gap="sm" role="search" aria-label="Days" align="flex-end">
        <DayField label="From" value={from} near="past" onChange={(day) => day && put("from", day)} />
        <DayField label="To" value={to} near="past" onChange={(day) => day && put("to", day)} />
        <Text size="sm" c="dimmed" pb={8}>
          At most 62 days
        </Text>
      </Group>
      {used.error ? (
        <ProblemNotice error={used.error} onRetry={() => void used.refetch()} />
      ) : (
        <Loaded query={used}>
          {({ by_hour, rooms, refused_requests }) =>
            rooms.length > 0 ? (
              <>
                <Text size="sm" role="status">
                  {refused_requests === 0
                    ? "Every request of these days found a room."
                    : `${refused_requests} ${refused_requests === 1 ? "request" : "requests"} of these days found no room.`}
                </Text>
                <Grid gap="md">
                  <Grid.Col span={{ base: 12, md: 7 }}>
                    <Panel
                      title="By hour of the week"
                      about="Share of all rooms' open time; +2 are two requests that were refused."
                    >
                      <HeatMap hours={by_hour} />
                    </Panel>
                  </Grid.Col>
                  <Grid.Col span={{ base: 12, md: 5 }}>
                    <Panel title="By room" about="The fullest first.">
                      <Bars rooms={rooms} />
                    </Panel>
                  </Grid.Col>
                </Grid>
              </>
            ) : (
              <Empty title="This site has no rooms yet" action={{ name: "Add rooms", to: at("/rooms") }} />
            )
          }
        </Loaded>
      )}
    </RoomsPage>
  );
}
