import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { SITE } from "@/testing/samples";
import { enter } from "@/testing/show";
import { AddSpecialDay } from "./AddSpecialDay";

describe("AddSpecialDay", () => {
  provesItself({
    dialog: (onClose) => <AddSpecialDay site={SITE} onClose={onClose} />,
    title: "Add a special day",
    lacks: ["Enter a date."],
    fill: async (user) => {
      await enter(user, /^Day/, "12/24/2099");
      await enter(user, /Reason/, "Christmas Eve");
    },
    submit: "Save",
    request: ["put", "/api/rooms/sites/{site_id}/special-days/{day}"],
    sentTo: `/api/rooms/sites/${SITE.id}/special-days/2099-12-24`,
    body: { reason: "Christmas Eve", spans: [] },
    answer: { site_id: SITE.id, day: "2099-12-24", reason: "Christmas Eve", spans: [] },
    refused: ["reason", /Reason/],
  });
});
