import { screen } from "@testing-library/react";
import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { RATE, SERVICE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { enter } from "@/testing/show";
import { EditService } from "./EditService";
import { ScheduleRate } from "./ScheduleRate";
import { WithdrawRate } from "./WithdrawRate";

describe("EditService", () => {
  provesItself({
    dialog: (onClose) => <EditService service={SERVICE} onClose={onClose} />,
    title: "Edit 90837",
    given: () => answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null }),
    fill: (user) => enter(user, /^Name/, "Psychotherapy, an hour"),
    submit: "Save",
    request: ["patch", "/api/catalog/services/{service_id}"],
    sentTo: `/api/catalog/services/${SERVICE.id}`,
    ifMatch: "3",
    body: { service_name: "Psychotherapy, an hour" },
    answer: SERVICE,
    refused: ["service_name", /^Name/],
  });
});

describe("ScheduleRate", () => {
  provesItself({
    dialog: (onClose) => <ScheduleRate service={SERVICE} rates={[RATE]} today="2026-03-02" onClose={onClose} />,
    title: "Schedule a rate for 90837",
    given: () =>
      answers("get", "/api/scheduling/services/{service_id}/rates/impact", {
        service_id: SERVICE.id,
        amount: "190.00",
        effective_from: "2026-04-01",
        sessions: 0,
        visits: 0,
        service_code: "90837",
        promised_total: "0.00",
        new_total: "0.00",
        difference: "0.00",
        by_month: [],
      }),
    fill: async (user) => {
      await enter(user, /New rate/, "190");
      await screen.findByText(/No session is booked from/);
    },
    submit: "Schedule the rate",
    request: ["post", "/api/catalog/services/{service_id}/rates"],
    sentTo: `/api/catalog/services/${SERVICE.id}/rates`,
    body: { amount: "190.00", effective_from: "2026-04-01" },
    answer: { ...RATE, amount: "190.00", effective_from: "2026-04-01" },
    refused: ["amount", /New rate/],
  });
});

describe("WithdrawRate", () => {
  provesItself({
    dialog: (onClose) => <WithdrawRate service={SERVICE} rate={RATE} onClose={onClose} />,
    title: "Withdraw the rate of $185.00?",
    submit: "Withdraw the rate",
    request: ["delete", "/api/catalog/services/{service_id}/rates/{rate_id}"],
    sentTo: `/api/catalog/services/${SERVICE.id}/rates/${RATE.id}`,
  });
});
