// Every site of the network.
import { Button, Group, Paper, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Site } from "@/api";
import { bySiteName } from "@/features/site";
import { refreshAfter } from "@/live";
import { Empty, Loaded, notify, TableHead, Tag } from "@/ui";
import { RoomsPage } from "../RoomsPage";
import { AddSite } from "./AddSite";
import { CloseSite } from "./CloseSite";
import { EditSite } from "./EditSite";

const SITES_AT_MOST = 500;

export function Component() {
  const [adding, add] = useDisclosure(false);
  const [edited, edit] = useState<string | null>(null);
  const [closed, close] = useState<Site | null>(null);
  const queries = useQueryClient();
  const sites = api.useQuery("get", "/api/rooms/sites", { params: { query: { limit: SITES_AT_MOST } } });
  const open = api.useMutation("patch", "/api/rooms/sites/{site_id}", {
    onSuccess: (site) => notify.done(`${site.site_name} can be booked again.`),
    onError: (error) => notify.problem(error),
    onSettled: () => refreshAfter(queries, "rooms.site_changed.v1"),
  });
  const editing = sites.data?.items.find(({ id }) => id === edited);
  return (
    <RoomsPage
      title="Sites"
      about="Each site has its time zone, opening hours and rooms."
      actions={
        <Button onClick={add.open} leftSection={<IconPlus size={17} aria-hidden />}>
          Add a site
        </Button>
      }
    >
      <Loaded query={sites}>
        {({ items }) =>
          items.length > 0 ? (
            <Paper withBorder>
              <Table verticalSpacing="xs" aria-label="Sites">
                <TableHead
                  columns={[
                    "Name",
                    { name: "Time zone", visibleFrom: "sm" },
                    { name: "Address", visibleFrom: "md" },
                    { name: "Change", isHidden: true },
                  ]}
                />
                <Table.Tbody>
                  {[...items].sort(bySiteName).map((site) => (
                    <Table.Tr key={site.id}>
                      <Table.Td>
                        {site.site_name} {!site.is_active && <Tag>closed</Tag>}
                        <Text size="xs" c="dimmed" hiddenFrom="sm">
                          {site.time_zone}
                        </Text>
                      </Table.Td>
                      <Table.Td visibleFrom="sm">{site.time_zone}</Table.Td>
                      <Table.Td visibleFrom="md">{site.address}</Table.Td>
                      <Table.Td>
                        <Group gap={6} justify="flex-end">
                          <Button
                            size="compact-sm"
                            variant="default"
                            aria-label={`Edit ${site.site_name}`}
                            onClick={() => edit(site.id)}
                          >
                            Edit
                          </Button>
                          {site.is_active ? (
                            <Button
                              size="compact-sm"
                              variant="default"
                              aria-label={`Close ${site.site_name}`}
                              onClick={() => close(site)}
                            >
                              Close
                            </Button>
                          ) : (
                            <Button
                              size="compact-sm"
                              variant="default"
                              aria-label={`Reopen: ${site.site_name}`}
                              onClick={() =>
                                open.mutate({ params: { path: { site_id: site.id } }, body: { is_active: true } })
                              }
                            >
                              Reopen
                            </Button>
                          )}
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Paper>
          ) : (
            <Empty title="There is no site yet" action={{ name: "Add the first site", onClick: add.open }}>
              A site has a time zone, opening hours and rooms; sessions take place there.
            </Empty>
          )
        }
      </Loaded>
      {adding && <AddSite onClose={add.close} />}
      {editing && <EditSite key={editing.id} site={editing} onClose={() => edit(null)} />}
      {closed && <CloseSite site={closed} onClose={() => close(null)} />}
    </RoomsPage>
  );
}
