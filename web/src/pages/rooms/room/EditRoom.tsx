import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Room } from "@/api";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, tell, useEditing, WhatChanged } from "@/parts";
import { atNumber } from "../AddRoom";
import { FIELDS, factsOf, inWords, NAMES, written } from "../facts";
import { RoomFields } from "../RoomFields";
import { roomInWords } from "../useRooms";

/** Changes what is written about a room; what somebody else changed meanwhile is shown before anything is overwritten. */
export function EditRoom({ room, onClose }: { room: Room; onClose: () => void }) {
  const editing = useEditing({ version: room.version, values: factsOf(room) });
  const queries = useQueryClient();
  const save = api.useMutation("patch", "/api/rooms/rooms/{room_id}", {
    onSuccess: (saved) => {
      tell.done(`${roomInWords(saved)} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const told = beside(isStale ? null : atNumber(save.error), FIELDS);
  return (
    <FormDrawer
      title={`Edit ${roomInWords(room)}`}
      onClose={onClose}
      doIt="Save"
      onDo={() =>
        save.mutate({
          params: { path: { room_id: room.id }, header: { "if-match": `"${editing.version}"` } },
          body: written(editing.changes),
        })
      }
      busy={save.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      told={told}
    >
      <WhatChanged editing={editing} names={NAMES} words={inWords} />
      <RoomFields facts={editing.values} set={editing.set} told={told} />
    </FormDrawer>
  );
}
