// The clinic's own rules for bookings: the default, what services have instead, travel between sites, and what staff overrode.
import { Button, Group, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api";
import { serviceInWords, useServices } from "@/features/services/names";
import { siteInWords, useSites } from "@/features/site";
import { durationInWords } from "@/time";
import { Facts, Loaded, Panel } from "@/ui";
import { RoomsPage } from "../RoomsPage";
import { EditPolicy } from "./EditPolicy";
import { EditTravel } from "./EditTravel";
import { Overrides } from "./Overrides";
import { FIELDS, type Journey, type Policy, valueInWords } from "./rules";

export function Component() {
  return (
    <RoomsPage
      title="Booking policies"
      about="What every booking and every move must keep to, unless staff overrides it with a reason"
    >
      <Policies />
      <Travel />
      <Overrides />
    </RoomsPage>
  );
}

function Policies() {
  const policies = api.useQuery("get", "/api/scheduling/policies");
  const services = useServices(policies.data?.items.flatMap(({ service_id }) => service_id ?? []) ?? []);
  const [edited, edit] = useState<Policy | "new" | null>(null);
  return (
    <Panel
      title="Rules"
      about="A service's own rules replace the default; where they set nothing, the default applies."
      actions={
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPlus size={17} aria-hidden />}
          onClick={() => edit("new")}
        >
          Add rules for a service
        </Button>
      }
    >
      <Loaded query={policies}>
        {({ items }) =>
          items.map((policy) => {
            const service = services.get(policy.service_id ?? "");
            const name = service ? serviceInWords(service) : policy.service_id ? "…" : "Default";
            return (
              <section key={policy.service_id ?? "default"} aria-label={name}>
                <Group justify="space-between" mb={4}>
                  <Text fw={650}>{name}</Text>
                  <Button
                    size="compact-sm"
                    variant="default"
                    leftSection={<IconPencil size={15} aria-hidden />}
                    aria-label={`Edit ${name}`}
                    onClick={() => edit(policy)}
                  >
                    Edit
                  </Button>
                </Group>
                <Facts
                  facts={FIELDS.filter(({ name }) => policy.service_id === null || policy[name] !== null).map(
                    (field) => [field.label, valueInWords(field, policy[field.name] ?? null)],
                  )}
                />
              </section>
            );
          })
        }
      </Loaded>
      {edited && (
        <EditPolicy
          policy={edited === "new" ? null : edited}
          known={policies.data?.items ?? []}
          onClose={() => edit(null)}
        />
      )}
    </Panel>
  );
}

function Travel() {
  const journeys = api.useQuery("get", "/api/scheduling/travel-times");
  const { sites, allSites } = useSites();
  const [edited, edit] = useState<Journey | null>(null);
  const [adding, add] = useDisclosure(false);
  const names = new Map(allSites.map((one) => [one.id, siteInWords(one)]));
  return (
    <Panel
      title="Travel times"
      about="How long a therapist needs between two sites, either way."
      actions={
        <Button
          variant="default"
          size="sm"
          disabled={sites.length < 2}
          leftSection={<IconPlus size={17} aria-hidden />}
          onClick={add.open}
        >
          Add a travel time
        </Button>
      }
    >
      <Loaded query={journeys}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              No travel time is set: a therapist may be booked at two sites one right after the other.
            </Text>
          ) : (
            <Table verticalSpacing={6} aria-label="Travel times">
              <Table.Tbody>
                {items.map((journey) => {
                  const between = journey.site_ids.map((id) => names.get(id) ?? "A closed site").join(" and ");
                  return (
                    <Table.Tr key={journey.site_ids.join()}>
                      <Table.Td>{between}</Table.Td>
                      <Table.Td className="numbers">{durationInWords(journey.minutes)}</Table.Td>
                      <Table.Td ta="right">
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Edit the travel time between ${between}`}
                          onClick={() => edit(journey)}
                        >
                          Edit
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
      {(adding || edited) && (
        <EditTravel
          journey={edited}
          sites={sites}
          onClose={() => {
            add.close();
            edit(null);
          }}
        />
      )}
    </Panel>
  );
}
