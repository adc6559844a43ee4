import { api, type Equipment, type Room } from "@/api";

const ROOMS_AT_MOST = 500;

/** Every room of a site, also those out of use, in the order in which people know them. */
export function useRooms(siteId: string | undefined) {
  return api.useQuery(
    "get",
    "/api/rooms/rooms",
    { params: { query: { site_id: siteId ?? "", limit: ROOMS_AT_MOST } } },
    { enabled: siteId !== undefined },
  );
}

/** The words for what rooms have. */
export function useEquipment(): readonly Equipment[] {
  return api.useQuery("get", "/api/rooms/equipment").data?.items ?? [];
}

/** What people call equipment; its own name until the word is known. */
export function labelsOf(names: readonly string[], words: readonly Equipment[]): string[] {
  return names.map((name) => words.find((word) => word.name === name)?.label ?? name);
}

export function roomInWords({ room_number, room_name }: Pick<Room, "room_number" | "room_name">): string {
  return `${room_number} ${room_name}`;
}
