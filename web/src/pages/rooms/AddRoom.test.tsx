import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { ROOM, SITE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { enter } from "@/testing/show";
import { AddRoom } from "./AddRoom";

describe("AddRoom", () => {
  provesItself({
    dialog: (onClose) => <AddRoom site={SITE} position={4} onClose={onClose} />,
    title: "Add a room to Harbor Street",
    given: () => answers("get", "/api/rooms/equipment", { items: [] }),
    fill: async (user) => {
      await enter(user, /Number/, "305");
      await enter(user, /Name/, "Cedar");
      await enter(user, /Seats/, "4");
    },
    submit: "Save",
    request: ["post", "/api/rooms/rooms"],
    body: {
      site_id: SITE.id,
      position: 4,
      room_number: "305",
      room_name: "Cedar",
      capacity: 4,
      turnover_minutes: 0,
      equipment: [],
      notes: "",
    },
    answer: ROOM,
    refused: ["capacity", /Seats/],
  });
});
