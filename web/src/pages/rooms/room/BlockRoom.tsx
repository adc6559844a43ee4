import { Button, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, tell } from "@/parts";
import { today } from "@/time";
import { InTheWay } from "../InTheWay";
import { countInWords, inTheWay } from "../refusals";
import { roomInWords } from "../useRooms";
import { PlanShown } from "./PlanShown";
import { SpanFields } from "./SpanFields";
import { meant, type TypedSpan } from "./span";
import { useReplan } from "./useReplan";

const FIELDS = ["reason"] as const;

/** Takes a room out of use for a time; the sessions it has then are shown first, and get other rooms if that is wanted. */
export function BlockRoom({ room, site, onClose }: { room: Room; site: Site; onClose: () => void }) {
  const zone = site.time_zone;
  const [span, setSpan] = useState<TypedSpan>(() => ({ from: today(zone), fromTime: "", to: today(zone), toTime: "" }));
  const [reason, setReason] = useState("");
  const [isAsked, setAsked] = useState(false);
  const queries = useQueryClient();
  const replan = useReplan(room.id);
  const block = api.useMutation("post", "/api/rooms/rooms/{room_id}/blocks", {
    onSuccess: () => {
      tell.done(`${roomInWords(room)} is blocked.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_blocked.v1"),
  });
  const time = meant(span, zone);
  const sessions = inTheWay(block.error);
  const told = beside(replan.error ?? (sessions ? null : block.error), FIELDS);
  const change = (doIt: () => void) => {
    doIt();
    setAsked(false);
    block.reset();
    replan.forget();
  };
  const send = (force: boolean) => {
    setAsked(true);
    if (!("problem" in time)) {
      const body = { ...time, reason };
      const query = force ? { force } : {};
      block.mutate({ params: { path: { room_id: room.id }, query }, body });
    }
  };
  const { plan } = replan;
  const isConfirmed = Boolean(plan?.confirmed_at);

  return (
    <FormDrawer
      title={`Block ${roomInWords(room)}`}
      onClose={onClose}
      doIt={
        isConfirmed ? "Done" : plan ? confirmation(plan.moves.length) : sessions ? "Find other rooms" : "Block the room"
      }
      onDo={() => {
        if (isConfirmed) {
          onClose();
        } else if (plan) {
          replan.confirm();
        } else if (sessions && !("problem" in time)) {
          replan.propose({ ...time, reason, deactivate: false });
        } else {
          send(false);
        }
      }}
      busy={block.isPending || replan.isPending}
      dirty={!isConfirmed && reason !== ""}
      told={told}
    >
      {isConfirmed ? (
        <Text size="sm">The room is blocked. Each session keeps its room until it has the other one.</Text>
      ) : (
        <>
          <Text size="sm" c="dimmed">
            The room cannot be booked then. Times are those of {site.site_name}.
          </Text>
          <SpanFields
            span={span}
            onChange={(next) => change(() => setSpan(next))}
            error={isAsked && "problem" in time ? time.problem : undefined}
          />
          <TextInput
            label="Reason"
            description="For staff; no client names"
            placeholder="New carpet"
            value={reason}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change(() => setReason(value));
            }}
            error={told.at("reason")}
            maxLength={200}
            required
          />
        </>
      )}
      {sessions && !plan && (
        <InTheWay
          sessions={sessions}
          zone={zone}
          warning="Find other rooms at the same times. Or block the room anyway: the sessions stay booked there and are listed as needing another room."
          force="Block anyway"
          onForce={() => send(true)}
          busy={block.isPending}
        />
      )}
      {plan && <PlanShown plan={plan} zone={zone} />}
      {plan && !isConfirmed && plan.unmoved.length > 0 && (
        <Text size="sm">
          {countInWords(plan.unmoved.length)} would stay booked into the blocked room and be listed as waiting for
          another one.
        </Text>
      )}
      {plan && !isConfirmed && (
        <Button variant="subtle" onClick={() => change(() => undefined)} style={{ alignSelf: "flex-start" }}>
          Check again
        </Button>
      )}
    </FormDrawer>
  );
}

function confirmation(moves: number): string {
  return moves > 0 ? `Move ${countInWords(moves)} and block the room` : "Block the room";
}
