import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { ROOM, SITE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { enter } from "@/testing/show";
import { EditRoom } from "./EditRoom";

describe("EditRoom", () => {
  provesItself({
    dialog: (onClose) => <EditRoom room={ROOM} site={SITE} onClose={onClose} />,
    title: "Edit 201 Willow",
    given: () => answers("get", "/api/rooms/equipment", { items: [] }),
    fill: (user) => enter(user, /Name/, "Birch"),
    submit: "Save",
    request: ["patch", "/api/rooms/rooms/{room_id}"],
    sentTo: `/api/rooms/rooms/${ROOM.id}`,
    ifMatch: "3",
    body: { room_name: "Birch" },
    answer: { ...ROOM, room_name: "Birch" },
    refused: ["room_name", /Name/],
  });
});
