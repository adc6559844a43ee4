import { Button, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Room, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { today } from "@/time";
import { fieldErrors, notify, useMissing } from "@/ui";
import { affectedBy } from "../refusals";
import { roomInWords } from "../useRooms";
import { ReplanDrawer } from "./ReplanDrawer";
import { SpanFields } from "./SpanFields";
import { meant, type TypedSpan } from "./span";
import { useReplan } from "./useReplan";

const FIELDS = ["reason"] as const;

/** Takes a room out of use for a time; the sessions it has then are shown first, and get other rooms if that is wanted. */
export function BlockRoom({ room, site, onClose }: { room: Room; site: Site; onClose: () => void }) {
  const zone = site.time_zone;
  const [span, setSpan] = useState<TypedSpan>(() => ({ from: today(zone), fromTime: "", to: today(zone), toTime: "" }));
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const replan = useReplan(room.id);
  const block = api.useMutation("post", "/api/rooms/rooms/{room_id}/blocks", {
    onSuccess: () => {
      notify.done(`${roomInWords(room)} is blocked.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_blocked.v1"),
  });
  const time = meant(span, zone);
  const affected = affectedBy(block.error);
  const change = (apply: () => void) => {
    apply();
    block.reset();
    replan.forget();
  };
  const blockAt = (force: boolean) => {
    if (!("problems" in time)) {
      const body = { ...time, reason };
      const query = force ? { force } : {};
      block.mutate({ params: { path: { room_id: room.id }, query }, body });
    }
  };
  const { errors, send } = useMissing(
    fieldErrors(replan.error ?? (affected ? null : block.error), FIELDS),
    "problems" in time ? time.problems : {},
    () => blockAt(false),
  );
  return (
    <ReplanDrawer
      title={`Block ${roomInWords(room)}`}
      action="block the room"
      done="The room is blocked."
      site={site}
      replan={replan}
      affected={affected}
      onClose={onClose}
      onSend={(force) => (force ? blockAt(true) : send())}
      onPropose={() => "problems" in time || replan.propose({ ...time, reason, deactivate: false })}
      isSending={block.isPending}
      isDirty={reason !== ""}
      errors={errors}
    >
      <Text size="sm" c="dimmed">
        The room cannot be booked then. Times are those of {site.site_name}.
      </Text>
      <SpanFields span={span} onChange={(next) => change(() => setSpan(next))} errors={errors} />
      <TextInput
        label="Reason"
        description="For staff; no client names"
        placeholder="New carpet"
        value={reason}
        onChange={(event) => {
          const { value } = event.currentTarget;
          change(() => setReason(value));
        }}
        error={errors.at("reason")}
        maxLength={200}
        required
      />
      {replan.plan && (
        <Button variant="subtle" onClick={() => change(() => undefined)} style={{ alignSelf: "flex-start" }}>
          Check again
        </Button>
      )}
    </ReplanDrawer>
  );
}
