import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, ENTRY, SERVICE, SITE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { choose, show } from "@/testing/show";
import { AddEntry } from "./AddEntry";
import { Withdraw } from "./index";
import { Log } from "./Log";

describe("AddEntry", () => {
  provesItself({
    dialog: (onClose) => <AddEntry site={SITE} onClose={onClose} />,
    title: "Add to the waitlist",
    given: () => {
      answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
      answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
      answers("get", "/api/scheduling/therapists", { items: [], next_cursor: null });
      answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
    },
    lacks: ["Choose a client.", "Choose a service."],
    fill: async (user) => {
      await choose(user, /Client/, /Jonas Reed/);
      await choose(user, /Service/, /90837/);
    },
    submit: "Save",
    request: ["post", "/api/scheduling/waitlist"],
    body: expect.objectContaining({
      client_id: CLIENT.id,
      service_id: SERVICE.id,
      site_id: SITE.id,
      modality: "in_person",
      insurance_applicable: false,
    }),
    answer: ENTRY,
    refused: ["client_id", /Client/],
  });
});

describe("Withdraw", () => {
  provesItself({
    dialog: (onClose) => <Withdraw entry={ENTRY} onClose={onClose} />,
    title: "Remove Jonas Reed from the waitlist?",
    submit: "Remove",
    request: ["delete", "/api/scheduling/waitlist/{entry_id}"],
    sentTo: `/api/scheduling/waitlist/${ENTRY.id}`,
  });
});

describe("Log", () => {
  it("lists the decisions about an entry, and closes", async () => {
    const log = [{ at: "2026-03-02T14:00:00Z", event: "slot_offered", detail: "Room 201 is free.", session_id: null }];
    answers("get", "/api/scheduling/waitlist/{entry_id}", { ...ENTRY, log });
    const onClose = vi.fn();
    const user = show(<Log entry={ENTRY} zone={SITE.time_zone} onClose={onClose} />);
    const dialog = await screen.findByRole("dialog", { name: "Log of Jonas Reed" });
    expect(await within(dialog).findByText("Room 201 is free.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});
