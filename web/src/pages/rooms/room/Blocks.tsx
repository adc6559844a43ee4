import { Button, Table, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Block, http, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { isPast, momentInWords, now } from "@/time";
import { Loaded, notify, Panel, TableHead } from "@/ui";

const BLOCKS_AT_MOST = 500;

/** When a room is out of use, now and later; a block that is lifted by mistake comes back with one click. */
export function Blocks({ room, site }: { room: Room; site: Site }) {
  const queries = useQueryClient();
  const [from] = useState(now);
  const blocks = api.useQuery("get", "/api/rooms/rooms/{room_id}/blocks", {
    params: { path: { room_id: room.id }, query: { from, limit: BLOCKS_AT_MOST } },
  });
  const refresh = () => refreshAfter(queries, "rooms.room_unblocked.v1");
  const lift = api.useMutation("delete", "/api/rooms/blocks/{block_id}", {
    onError: (error) => notify.problem(error),
    onSettled: refresh,
  });
  const liftOne = ({ id, starts_at, ends_at, reason }: Block) => {
    const undo = async () => {
      try {
        await http.POST("/api/rooms/rooms/{room_id}/blocks", {
          params: { path: { room_id: room.id } },
          body: { starts_at, ends_at, reason },
        });
      } catch (error) {
        notify.problem(error, "The block was not restored");
      }
      await refresh();
    };
    lift.mutate(
      { params: { path: { block_id: id } } },
      { onSuccess: () => notify.done("The block is deleted.", { onClick: () => void undo() }) },
    );
  };
  return (
    <Panel title="Blocks" about={`Times when the room cannot be booked, in the time zone of ${site.site_name}.`}>
      <Loaded query={blocks}>
        {({ items }) => {
          const coming = items.filter(({ ends_at }) => !isPast(ends_at));
          return coming.length > 0 ? (
            <Table verticalSpacing={6} aria-label="Blocks">
              <TableHead columns={["From", "Until", "Reason", { name: "Delete", isHidden: true }]} />
              <Table.Tbody>
                {coming.map((block) => (
                  <Table.Tr key={block.id}>
                    <Table.Td className="numbers">{momentInWords(block.starts_at, site.time_zone)}</Table.Td>
                    <Table.Td className="numbers">{momentInWords(block.ends_at, site.time_zone)}</Table.Td>
                    <Table.Td>{block.reason}</Table.Td>
                    <Table.Td>
                      <Button
                        size="compact-sm"
                        variant="default"
                        loading={lift.isPending}
                        onClick={() => liftOne(block)}
                      >
                        Delete
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          ) : (
            <Text size="sm" c="dimmed">
              No current or upcoming blocks.
            </Text>
          );
        }}
      </Loaded>
    </Panel>
  );
}
