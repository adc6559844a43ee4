// One client: how to reach them, when they come next, and who pays.
import { Anchor, Button, Grid, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendarPlus, IconPencil } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import { api, type Client } from "@/api";
import { Coverages } from "@/features/billing/Coverages";
import { useSites } from "@/features/site";
import { momentInWords } from "@/time";
import { Facts, LoadedPage, Page, Panel, ProblemNotice, useAt } from "@/ui";
import { Upcoming } from "../Upcoming";
import { EditClient } from "./EditClient";
import { RemoveClient } from "./RemoveClient";

export function Component() {
  const { clientId = "" } = useParams();
  const client = api.useQuery("get", "/api/scheduling/clients/{client_id}", {
    params: { path: { client_id: clientId } },
  });
  return (
    <LoadedPage query={client} named={{ kind: "client", all: "All clients", path: "/people" }}>
      {(found) => <ClientPage key={clientId} client={found} error={client.error} />}
    </LoadedPage>
  );
}

function ClientPage({ client, error }: { client: Client; error: unknown }) {
  const [editing, edit] = useDisclosure(false);
  const at = useAt();
  return (
    <Page
      title={client.full_name}
      about={
        <Group gap="md">
          <Anchor component={Link} to={at("/people")} size="sm" underline="always">
            All clients
          </Anchor>
          <Anchor component={Link} to={at(`/billing/clients/${client.id}`)} size="sm" underline="always">
            Bills, payments and documents
          </Anchor>
        </Group>
      }
      actions={
        <>
          <Button
            component={Link}
            to={at(`/book?client=${client.id}`)}
            variant="default"
            leftSection={<IconCalendarPlus size={17} aria-hidden />}
          >
            Book
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
            <Contact client={client} />
            <Coverages clientId={client.id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Upcoming
            who={{ client_id: client.id }}
            more={`/sessions?client=${client.id}`}
            empty="No upcoming sessions."
          />
        </Grid.Col>
      </Grid>
      {editing && <EditClient client={client} onClose={edit.close} />}
    </Page>
  );
}

function Contact({ client }: { client: Client }) {
  const { site } = useSites();
  return (
    <Panel title="Contact" actions={<RemoveClient client={client} />}>
      <Facts
        facts={[
          [
            "Phone",
            client.phone && (
              <Anchor href={`tel:${client.phone}`} inherit underline="always">
                {client.phone}
              </Anchor>
            ),
          ],
          [
            "E-mail",
            client.email && (
              <Anchor href={`mailto:${client.email}`} inherit underline="always">
                {client.email}
              </Anchor>
            ),
          ],
          ["Time zone", client.time_zone],
          ["Client since", momentInWords(client.created_at, site?.time_zone ?? "UTC")],
        ]}
      />
      {!client.phone && !client.email && (
        <Text size="sm" c="dimmed">
          No contact details yet. Add a phone number or an e-mail address.
        </Text>
      )}
    </Panel>
  );
}
