import { screen } from "@testing-library/react";
import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT } from "@/testing/samples";
import { enter } from "@/testing/show";
import { EditClient } from "./EditClient";
import { RemoveClient } from "./RemoveClient";

describe("EditClient", () => {
  provesItself({
    dialog: (onClose) => <EditClient client={CLIENT} onClose={onClose} />,
    title: "Edit Jonas Reed",
    fill: (user) => enter(user, /Name/, "Jonas Reed-Lima"),
    submit: "Save",
    request: ["patch", "/api/scheduling/clients/{client_id}"],
    sentTo: `/api/scheduling/clients/${CLIENT.id}`,
    ifMatch: "3",
    body: { full_name: "Jonas Reed-Lima" },
    answer: CLIENT,
    refused: ["full_name", /Name/],
  });
});

describe("RemoveClient", () => {
  provesItself({
    dialog: () => <RemoveClient client={CLIENT} />,
    opens: async (user) => user.click(await screen.findByRole("button", { name: "Delete" })),
    title: "Delete Jonas Reed?",
    submit: "Delete",
    request: ["delete", "/api/scheduling/clients/{client_id}"],
    sentTo: `/api/scheduling/clients/${CLIENT.id}`,
    leadsTo: "/people",
  });
});
