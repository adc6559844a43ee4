import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { now } from "@/time";
import { fieldErrors, notify, useEditing, WhatChanged } from "@/ui";
import { atNumber } from "../AddRoom";
import { FIELDS, factsOf, inWords, NAMES, type RoomFacts, written } from "../facts";
import { RoomFields } from "../RoomFields";
import { affectedBy } from "../refusals";
import { labelsOf, roomInWords, useEquipment } from "../useRooms";
import { ReplanDrawer } from "./ReplanDrawer";
import { useReplan } from "./useReplan";

/**
 * Changes what is written about a room; what somebody else changed meanwhile is shown before anything is overwritten, and
 * sessions for which the changed room is too small or lacks equipment are shown first, and get other rooms if that is wanted.
 */
export function EditRoom({ room, site, onClose }: { room: Room; site: Site; onClose: () => void }) {
  const editing = useEditing({ version: room.version, values: factsOf(room) });
  const [reason, setReason] = useState("");
  const words = useEquipment();
  const queries = useQueryClient();
  const replan = useReplan(room.id);
  const save = api.useMutation("patch", "/api/rooms/rooms/{room_id}", {
    onSuccess: (saved) => {
      notify.done(`${roomInWords(saved)} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const affected = affectedBy(save.error);
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const errors = fieldErrors(replan.error ?? (isStale || affected ? null : atNumber(save.error)), [
    ...FIELDS,
    "reason",
  ]);
  const send = (force: boolean) =>
    save.mutate({
      params: {
        path: { room_id: room.id },
        header: { "if-match": `"${editing.version}"` },
        query: force ? { force } : {},
      },
      body: written(editing.changes),
    });
  const set = <Field extends keyof RoomFacts>(field: Field, value: RoomFacts[Field]) => {
    editing.set(field, value);
    save.reset();
    replan.forget();
  };
  return (
    <ReplanDrawer
      title={`Edit ${roomInWords(room)}`}
      action="save"
      done="The room is saved."
      site={site}
      replan={replan}
      affected={affected}
      cause="The changed room is too small for them, or lacks equipment."
      also={["Needs", ({ capacity, equipment = [] }) => needs(capacity ?? 1, labelsOf(equipment, words))]}
      reason={[reason, setReason]}
      onClose={onClose}
      onSend={send}
      onPropose={() => replan.propose({ starts_at: now(), reason, changes: written(editing.changes) })}
      isSending={save.isPending}
      isDirty={editing.isChanged}
      disabled={!editing.isChanged}
      errors={errors}
    >
      <WhatChanged editing={editing} names={NAMES} words={inWords} />
      <RoomFields facts={editing.values} set={set} errors={errors} />
    </ReplanDrawer>
  );
}

function needs(places: number, equipment: readonly string[]): string {
  return [places === 1 ? "1 seat" : `${places} seats`, ...equipment].join(", ");
}
