import { Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, tell } from "@/parts";
import { now } from "@/time";
import { InTheWay } from "../InTheWay";
import { countInWords, inTheWay } from "../refusals";
import { roomInWords } from "../useRooms";
import { PlanShown } from "./PlanShown";
import { useReplan } from "./useReplan";

/** Takes a room out of use for good; the sessions it still has are shown first, and get other rooms if that is wanted. */
export function OutOfUse({ room, site, onClose }: { room: Room; site: Site; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const replan = useReplan(room.id);
  const leave = api.useMutation("patch", "/api/rooms/rooms/{room_id}", {
    onSuccess: () => {
      tell.done(`${roomInWords(room)} is out of use.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const sessions = inTheWay(leave.error);
  const told = beside(replan.error ?? (sessions ? null : leave.error), ["reason"]);
  const { plan } = replan;
  const isConfirmed = Boolean(plan?.confirmed_at);
  const send = (force: boolean) =>
    leave.mutate({ params: { path: { room_id: room.id }, query: force ? { force } : {} }, body: { is_active: false } });
  return (
    <FormDrawer
      title={`Take ${roomInWords(room)} out of use`}
      onClose={onClose}
      doIt={
        isConfirmed
          ? "Done"
          : plan
            ? `Move ${countInWords(plan.moves.length)} and take it out of use`
            : sessions
              ? "Find other rooms"
              : "Take it out of use"
      }
      onDo={() => {
        if (isConfirmed) {
          onClose();
        } else if (plan) {
          replan.confirm();
        } else if (sessions) {
          replan.propose({ starts_at: now(), reason, deactivate: true });
        } else {
          send(false);
        }
      }}
      busy={leave.isPending || replan.isPending}
      {...(isConfirmed ? { dirty: false, dismiss: null } : {})}
      told={told}
    >
      <Text size="sm">
        {isConfirmed
          ? "The room is out of use. Each session keeps its room until it has the other one."
          : "The room can no longer be booked. Its history is kept, and it can be put back in use at any time."}
      </Text>
      {sessions && !plan && (
        <>
          <InTheWay
            sessions={sessions}
            zone={site.time_zone}
            warning="Find other rooms at the same times. Or take it out of use anyway: the sessions stay booked there and are listed as needing another room."
            force="Take it out of use anyway"
            onForce={() => send(true)}
            busy={leave.isPending}
          />
          <TextInput
            label="Reason"
            description="Shown with the affected sessions"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={told.at("reason")}
            maxLength={200}
            required
          />
        </>
      )}
      {plan && <PlanShown plan={plan} zone={site.time_zone} />}
    </FormDrawer>
  );
}
