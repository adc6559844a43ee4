import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify } from "@/ui";
import { FIELDS, NEW, type RoomFacts, written } from "./facts";
import { RoomFields } from "./RoomFields";
import { roomInWords } from "./useRooms";

/** A new room at a site, at the end of its order. */
export function AddRoom({ site, position, onClose }: { site: Site; position: number; onClose: () => void }) {
  const [facts, setFacts] = useState<RoomFacts>(NEW);
  const queries = useQueryClient();
  const add = api.useMutation("post", "/api/rooms/rooms", {
    onSuccess: (room) => {
      notify.done(`${roomInWords(room)} can be booked.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const errors = fieldErrors(atNumber(add.error), FIELDS);
  const body = { ...written(facts), site_id: site.id, position };
  return (
    <FormDrawer
      title={`Add a room to ${site.site_name}`}
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => add.mutate({ body })}
      busy={add.isPending}
      dirty={facts !== NEW}
      errors={errors}
    >
      <RoomFields
        facts={facts}
        set={(field, value) => setFacts((before) => ({ ...before, [field]: value }))}
        errors={errors}
      />
    </FormDrawer>
  );
}

/** That a number is taken is shown at the number. */
export function atNumber(error: unknown): unknown {
  if (error && asProblem(error).code === "room-number-taken") {
    const problem = asProblem(error);
    problem.errors.splice(0, problem.errors.length, {
      field: "room_number",
      code: problem.code,
      message: problem.detail,
      fix: null,
    });
    return problem;
  }
  return error;
}
