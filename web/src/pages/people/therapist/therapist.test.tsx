import { screen } from "@testing-library/react";
import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { THERAPIST } from "@/testing/samples";
import { answers } from "@/testing/services";
import { enter } from "@/testing/show";
import { AddTimeOff } from "./AddTimeOff";
import { EditHours } from "./EditHours";

const HOURS = { therapist_id: THERAPIST.id, hours: {}, breaks: {}, version: 5 };
const TIME_OFF = {
  id: "00000000-0000-4000-8000-0000000000f1",
  therapist_id: THERAPIST.id,
  starts_at: "2026-03-02T05:00:00Z",
  ends_at: "2026-03-03T05:00:00Z",
  reason: "Training",
};

describe("AddTimeOff", () => {
  provesItself({
    dialog: (onClose) => <AddTimeOff therapist={THERAPIST} onClose={onClose} />,
    title: "Time off for Ruth Okafor",
    given: () => answers("get", "/api/scheduling/sessions", { items: [], next_cursor: null }),
    lacks: ["Enter a reason."],
    fill: async (user) => {
      await enter(user, /First day/, "3/2/2026");
      await enter(user, /Last day/, "3/2/2026");
      await user.click(screen.getByRole("button", { name: "Training" }));
    },
    submit: "Save",
    request: ["post", "/api/scheduling/therapists/{therapist_id}/time-off"],
    sentTo: `/api/scheduling/therapists/${THERAPIST.id}/time-off`,
    query: { force: "false" },
    body: { starts_at: TIME_OFF.starts_at, ends_at: TIME_OFF.ends_at, reason: "Training" },
    answer: TIME_OFF,
    refused: ["reason", /Reason/],
  });
});

describe("EditHours", () => {
  provesItself({
    dialog: (onClose) => <EditHours therapist={THERAPIST} hours={HOURS} onClose={onClose} />,
    title: "Ruth Okafor's working hours",
    fill: (user) => enter(user, "Breaks, Monday", "12-13"),
    submit: "Save",
    request: ["put", "/api/scheduling/therapists/{therapist_id}/working-hours"],
    sentTo: `/api/scheduling/therapists/${THERAPIST.id}/working-hours`,
    ifMatch: "5",
    body: { hours: {}, breaks: { mon: [["12:00", "13:00"]] } },
    answer: { ...HOURS, breaks: { mon: [["12:00", "13:00"]] } },
  });
});
