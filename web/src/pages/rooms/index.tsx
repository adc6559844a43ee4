// The rooms of a site, in the order in which people know them.
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import type { Site } from "@/api";
import { useSites } from "@/features/site";
import { Empty, Loaded, useAt } from "@/ui";
import { AddRoom } from "./AddRoom";
import { RoomsPage } from "./RoomsPage";
import { RoomTable } from "./RoomTable";
import { useRooms } from "./useRooms";
import { Waiting } from "./Waiting";

export function Component() {
  const { site } = useSites();
  const at = useAt();
  return site ? (
    <RoomsOfSite key={site.id} site={site} />
  ) : (
    <RoomsPage title="Rooms">
      <Empty title="There is no site yet" action={{ name: "Add the first site", to: at("/rooms/sites") }}>
        Rooms belong to a site, which has a time zone and opening hours.
      </Empty>
    </RoomsPage>
  );
}

function RoomsOfSite({ site }: { site: Site }) {
  const [adding, add] = useDisclosure(false);
  const rooms = useRooms(site.id);
  const last = Math.max(0, ...(rooms.data?.items ?? []).map(({ position }) => position));
  return (
    <RoomsPage
      title="Rooms"
      about={`Where sessions take place at ${site.site_name}.`}
      actions={
        <Button onClick={add.open} leftSection={<IconPlus size={17} aria-hidden />}>
          Add a room
        </Button>
      }
    >
      <Waiting site={site} />
      <Loaded query={rooms}>
        {({ items }) =>
          items.length > 0 ? (
            <RoomTable site={site} rooms={items} />
          ) : (
            <Empty title="This site has no rooms yet" action={{ name: "Add the first room", onClick: add.open }}>
              Sessions are booked into the plainest room that fits; without a room none can be booked here.
            </Empty>
          )
        }
      </Loaded>
      {adding && <AddRoom site={site} position={last + 1} onClose={add.close} />}
    </RoomsPage>
  );
}
