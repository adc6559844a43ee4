// How the platform is doing: what is ready, what waits, what a human must look at, and what happens right now.
import { Grid, SimpleGrid, Stack } from "@mantine/core";
import type { Operations } from "@/api";
import { useSites } from "@/features/site";
import { now, zoneInWords } from "@/time";
import { Page, Tag } from "@/ui";
import { Events } from "./Events";
import { Parked } from "./Parked";
import { Sagas } from "./Sagas";
import { ServiceCard } from "./ServiceCard";
import { SERVICES, type ServiceName, useLate, useServices } from "./services";

export function Component() {
  const { site } = useSites();
  const services = useServices();
  const counts = new Map<ServiceName, number>(
    SERVICES.map((name, index) => {
      const operations = services[index]?.data;
      return [name, (operations?.parked_messages ?? 0) + (operations?.outbox?.parked ?? 0)];
    }),
  );
  const unread = SERVICES.filter((_, index) => services[index]?.error || isUncounted(services[index]?.data));
  const bad = SERVICES.filter((_, index) => services[index]?.error || services[index]?.data?.is_ready === false);
  const late = useLate(services);
  const isKnown = services.every(({ isPending }, index) => !isPending || late.has(SERVICES[index] ?? "catalog"));
  return (
    <Page
      title="Operations"
      wide
      about={
        <>
          {isKnown && (
            <span role="status">
              {bad.length > 0 && <Tag tone="bad">{bad.join(", ")} cannot work right now</Tag>}{" "}
              {late.size > 0 && <Tag tone="attention">no recent answer from {[...late].join(", ")}</Tag>}
              {bad.length === 0 && late.size === 0 && <Tag tone="good">every service is ready</Tag>}
            </span>
          )}
          <div>
            {site
              ? `Times are on the clock of ${site.site_name}: ${zoneInWords(site.time_zone, now())}. The logs are in UTC.`
              : "Times are in UTC, as in the logs."}
          </div>
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 2, xl: 4 }} spacing="md">
        {SERVICES.map((name, index) => {
          const query = services[index];
          return query && <ServiceCard key={name} name={name} query={query} isLate={late.has(name)} />;
        })}
      </SimpleGrid>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack>
            <Parked counts={counts} unread={unread} isKnown={isKnown} />
            <Sagas />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Events />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

/** Whether a service answers without all of its parked messages: its database or the broker is away. */
function isUncounted(operations: Operations | undefined): boolean {
  return operations !== undefined && (operations.parked_messages === null || operations.outbox === null);
}
