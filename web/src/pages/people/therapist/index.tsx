// One therapist: who they are, when they work and when they do not, and whom they see.
import { Anchor, Button, Grid, Group, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import { api, type Therapist } from "@/api";
import { useSites } from "@/features/site";
import { Facts, LoadedPage, Page, Panel, ProblemNotice, Tag, useAt } from "@/ui";
import { sitesInWords } from "../sites";
import { TherapistForm } from "../TherapistForm";
import { Upcoming } from "../Upcoming";
import { Hours } from "./Hours";
import { TimeOff } from "./TimeOff";
import { useWorking } from "./useWorking";

export function Component() {
  const { therapistId = "" } = useParams();
  const therapist = api.useQuery("get", "/api/scheduling/therapists/{therapist_id}", {
    params: { path: { therapist_id: therapistId } },
  });
  return (
    <LoadedPage query={therapist} named={{ kind: "therapist", all: "All therapists", path: "/people/therapists" }}>
      {(found) => <TherapistPage key={therapistId} therapist={found} error={therapist.error} />}
    </LoadedPage>
  );
}

function TherapistPage({ therapist, error }: { therapist: Therapist; error: unknown }) {
  const [editing, edit] = useDisclosure(false);
  const working = useWorking(therapist);
  const { allSites } = useSites();
  const at = useAt();
  return (
    <Page
      title={[therapist.full_name, therapist.credential].filter(Boolean).join(", ")}
      about={
        <Group gap="xs">
          <Anchor component={Link} to={at("/people/therapists")} size="sm" underline="always">
            All therapists
          </Anchor>
          {!therapist.is_active && <Tag tone="attention">inactive: cannot be booked</Tag>}
        </Group>
      }
      actions={
        <>
          <Button
            variant="default"
            loading={working.isPending}
            onClick={working.toggle}
            leftSection={
              therapist.is_active ? <IconPlayerPause size={17} aria-hidden /> : <IconPlayerPlay size={17} aria-hidden />
            }
          >
            {therapist.is_active ? "Deactivate" : "Reactivate"}
          </Button>
          <Button onClick={edit.open} leftSection={<IconPencil size={17} aria-hidden />}>
            Edit
          </Button>
        </>
      }
    >
      {error ? <ProblemNotice error={error} title="The data shown may be out of date" /> : null}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack>
            <Panel title="Facts">
              <Facts
                facts={[
                  ["Credential", therapist.credential],
                  ["NPI", therapist.npi],
                  ["Works at", sitesInWords(therapist.site_ids, allSites)],
                  ["Time zone", therapist.time_zone],
                ]}
              />
            </Panel>
            <Hours therapist={therapist} />
            <TimeOff therapist={therapist} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Upcoming
            who={{ therapist_id: therapist.id }}
            more={`/sessions?therapist=${therapist.id}&period=coming`}
            empty="No upcoming sessions."
          />
        </Grid.Col>
      </Grid>
      {editing && <TherapistForm therapist={therapist} onClose={edit.close} onDone={edit.close} />}
    </Page>
  );
}
