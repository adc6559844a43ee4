import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { api } from "@/api";
import { provesItself } from "@/testing/dialogs";
import { CLIENT } from "@/testing/samples";
import { answers, refuses } from "@/testing/services";
import { enter, show } from "@/testing/show";
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

it("says at the button that somebody else's change kept a client from being saved, and leads to it", async () => {
  answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
  refuses("patch", "/api/scheduling/clients/{client_id}", { type: "/problems/stale-version", status: 412 });
  const user = show(<Edited />);
  await screen.findByRole("dialog");
  await enter(user, /^Name/, "Somebody Else");
  const dialog = screen.getByRole("dialog");
  expect(within(dialog).queryByText(/^Not saved/)).toBeNull();

  answers("get", "/api/scheduling/clients/{client_id}", { ...CLIENT, version: CLIENT.version + 1, phone: "+15550100" });
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await within(dialog).findByText(/^Not saved: somebody else changed this/)).toBeVisible();
  const notice = within(dialog).getByText("Somebody changed this while you were editing").closest("[role=alert]");
  expect(notice).toHaveFocus();

  await user.click(within(dialog).getByRole("button", { name: "Keep both: theirs and mine" }));
  await waitFor(() => expect(within(dialog).queryByText(/^Not saved/)).toBeNull());
});

/** The form as its page has it: with the client as the service has it now. */
function Edited() {
  const client = api.useQuery("get", "/api/scheduling/clients/{client_id}", {
    params: { path: { client_id: CLIENT.id } },
  });
  return client.data ? <EditClient client={client.data} onClose={() => undefined} /> : null;
}

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
