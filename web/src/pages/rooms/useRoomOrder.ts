import { useQueryClient } from "@tanstack/react-query";
import { api, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { notify } from "@/ui";

/** Moves a room up or down in its site's order; shown once it is so. */
export function useRoomOrder(site: Site, rooms: readonly Room[]) {
  const queries = useQueryClient();
  const order = api.useMutation("put", "/api/rooms/sites/{site_id}/room-order", {
    onError: (error) => notify.problem(error, "The order stays"),
    onSettled: () => refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const move = (room: Room, by: -1 | 1) => {
    const ids = rooms.map(({ id }) => id);
    const from = ids.indexOf(room.id);
    ids.splice(from, 1);
    ids.splice(from + by, 0, room.id);
    order.mutate({ params: { path: { site_id: site.id } }, body: { room_ids: ids } });
  };
  return { move, isPending: order.isPending };
}
