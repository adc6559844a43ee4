// One service: what it is, what it costs and cost, and what it will cost.
import { Button, Grid, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useParams } from "react-router";
import { api, type Service } from "@/api";
import { LoadedPage, Page, Tag } from "@/ui";
import { KINDS, TYPES, takes } from "../labels";
import { EditService } from "./EditService";
import { Rates } from "./Rates";
import { ServiceFacts } from "./ServiceFacts";
import { useOffering } from "./useOffering";

export function Component() {
  const { serviceId = "" } = useParams();
  const service = api.useQuery("get", "/api/catalog/services/{service_id}", {
    params: { path: { service_id: serviceId } },
  });
  return (
    <LoadedPage query={service} named={{ kind: "service", all: "All services", path: "/catalog" }}>
      {(found) => <ServicePage key={serviceId} service={found} />}
    </LoadedPage>
  );
}

function ServicePage({ service }: { service: Service }) {
  const [editing, edit] = useDisclosure(false);
  const offering = useOffering(service);
  const isOffered = service.is_active !== false;
  return (
    <Page
      title={`${service.service_code} ${service.service_name}`}
      about={
        <Group gap={6}>
          {TYPES[service.service_type]} · {KINDS[service.kind ?? "base"][0]} · {takes(service.standard_duration)}
          {!isOffered && <Tag tone="attention">not offered</Tag>}
        </Group>
      }
      actions={
        <>
          <Button
            variant="default"
            onClick={offering.toggle}
            loading={offering.isPending}
            leftSection={
              isOffered ? <IconPlayerPause size={17} aria-hidden /> : <IconPlayerPlay size={17} aria-hidden />
            }
          >
            {isOffered ? "Stop offering" : "Offer again"}
          </Button>
          <Button onClick={edit.open} leftSection={<IconPencil size={17} aria-hidden />}>
            Edit
          </Button>
        </>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <ServiceFacts service={service} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Rates service={service} />
        </Grid.Col>
      </Grid>
      {editing && <EditService service={service} onClose={edit.close} />}
    </Page>
  );
}
