import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { ROOM, SITE } from "@/testing/samples";
import { OutOfUse } from "./OutOfUse";

describe("OutOfUse", () => {
  provesItself({
    dialog: (onClose) => <OutOfUse room={ROOM} site={SITE} onClose={onClose} />,
    title: "Take 201 Willow out of use",
    submit: "Take it out of use",
    request: ["patch", "/api/rooms/rooms/{room_id}"],
    sentTo: `/api/rooms/rooms/${ROOM.id}`,
    body: { is_active: false },
    answer: { ...ROOM, is_active: false },
  });
});
