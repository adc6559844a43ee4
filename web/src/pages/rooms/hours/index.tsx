// When a site is open: every week, and on special days.
import { Grid } from "@mantine/core";
import { useSite } from "@/features/site";
import { now, zoneInWords } from "@/time";
import { RoomsPage } from "../RoomsPage";
import { Waiting } from "../Waiting";
import { SpecialDays } from "./SpecialDays";
import { WeekForm } from "./WeekForm";

export function Component() {
  const site = useSite();
  return (
    <RoomsPage
      title="Opening hours"
      about={`Sessions at ${site.site_name} lie within these hours, ${zoneInWords(site.time_zone, now())}.`}
    >
      <Waiting key={site.id} site={site} folded />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <WeekForm key={site.id} site={site} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <SpecialDays key={site.id} site={site} />
        </Grid.Col>
      </Grid>
    </RoomsPage>
  );
}
