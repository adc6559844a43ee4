// One room: what it is, and when it is out of use.
import { Button, Grid } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBarrierBlock, IconPencil, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { durationInWords, momentInWords } from "@/time";
import { Facts, Loaded, notify, Page, Panel, Tag } from "@/ui";
import { labelsOf, roomInWords, useEquipment } from "../useRooms";
import { BlockRoom } from "./BlockRoom";
import { Blocks } from "./Blocks";
import { EditRoom } from "./EditRoom";
import { OutOfUse } from "./OutOfUse";

export function Component() {
  const { roomId = "" } = useParams();
  const room = api.useQuery("get", "/api/rooms/rooms/{room_id}", { params: { path: { room_id: roomId } } });
  const site = api.useQuery(
    "get",
    "/api/rooms/sites/{site_id}",
    { params: { path: { site_id: room.data?.site_id ?? "" } } },
    { enabled: room.data !== undefined },
  );
  return room.data && site.data ? (
    <RoomPage key={roomId} room={room.data} site={site.data} />
  ) : (
    <Page title="Room">
      {room.error ? (
        <Loaded query={room} named={{ kind: "room", all: "All rooms", path: "/rooms" }}>
          {() => null}
        </Loaded>
      ) : (
        <Loaded query={site}>{() => null}</Loaded>
      )}
    </Page>
  );
}

function RoomPage({ room, site }: { room: Room; site: Site }) {
  const [editing, edit] = useDisclosure(false);
  const [blocking, block] = useDisclosure(false);
  const [leaving, leave] = useDisclosure(false);
  const words = useEquipment();
  const queries = useQueryClient();
  const use = api.useMutation("patch", "/api/rooms/rooms/{room_id}", {
    onSuccess: () => notify.done(`${roomInWords(room)} can be booked again.`),
    onError: (error) => notify.problem(error),
    onSettled: () => refreshAfter(queries, "rooms.room_changed.v1"),
  });
  return (
    <Page
      title={roomInWords(room)}
      about={
        <>
          {site.site_name} {!room.is_active && <Tag tone="attention">out of use</Tag>}
        </>
      }
      actions={
        <>
          {room.is_active ? (
            <Button variant="default" onClick={leave.open} leftSection={<IconPlayerPause size={17} aria-hidden />}>
              Take out of use
            </Button>
          ) : (
            <Button
              variant="default"
              loading={use.isPending}
              onClick={() => use.mutate({ params: { path: { room_id: room.id } }, body: { is_active: true } })}
              leftSection={<IconPlayerPlay size={17} aria-hidden />}
            >
              Put back in use
            </Button>
          )}
          <Button variant="default" onClick={block.open} leftSection={<IconBarrierBlock size={17} aria-hidden />}>
            Block
          </Button>
          <Button onClick={edit.open} leftSection={<IconPencil size={17} aria-hidden />}>
            Edit
          </Button>
        </>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Panel title="Facts">
            <Facts
              facts={[
                ["Number", room.room_number],
                ["Name", room.room_name],
                ["Seats", room.capacity],
                ["Equipment", labelsOf(room.equipment, words).join(", ") || "none"],
                [
                  "Turnover",
                  room.turnover_minutes > 0 ? `${durationInWords(room.turnover_minutes)} after each session` : "none",
                ],
                ["Notes", room.notes],
                ["Last changed", `${momentInWords(room.updated_at, site.time_zone)}, version ${room.version}`],
              ]}
            />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Blocks room={room} site={site} />
        </Grid.Col>
      </Grid>
      {editing && <EditRoom room={room} site={site} onClose={edit.close} />}
      {blocking && <BlockRoom room={room} site={site} onClose={block.close} />}
      {leaving && <OutOfUse room={room} site={site} onClose={leave.close} />}
    </Page>
  );
}
