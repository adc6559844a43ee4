import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { now } from "@/time";
import { fieldErrors, notify } from "@/ui";
import { affectedBy } from "../refusals";
import { roomInWords } from "../useRooms";
import { ReplanDrawer } from "./ReplanDrawer";
import { useReplan } from "./useReplan";

/** Takes a room out of use for good; the sessions it still has are shown first, and get other rooms if that is wanted. */
export function OutOfUse({ room, site, onClose }: { room: Room; site: Site; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const replan = useReplan(room.id);
  const leave = api.useMutation("patch", "/api/rooms/rooms/{room_id}", {
    onSuccess: () => {
      notify.done(`${roomInWords(room)} is out of use.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const affected = affectedBy(leave.error);
  const errors = fieldErrors(replan.error ?? (affected ? null : leave.error), ["reason"]);
  const send = (force: boolean) =>
    leave.mutate({ params: { path: { room_id: room.id }, query: force ? { force } : {} }, body: { is_active: false } });
  return (
    <ReplanDrawer
      title={`Take ${roomInWords(room)} out of use`}
      action="take it out of use"
      done="The room is out of use."
      site={site}
      replan={replan}
      affected={affected}
      reason={[reason, setReason]}
      onClose={onClose}
      onSend={send}
      onPropose={() => replan.propose({ starts_at: now(), reason, deactivate: true })}
      isSending={leave.isPending}
      isDirty={false}
      errors={errors}
    >
      <Text size="sm">
        The room can no longer be booked. Its history is kept, and it can be put back in use at any time.
      </Text>
    </ReplanDrawer>
  );
}
