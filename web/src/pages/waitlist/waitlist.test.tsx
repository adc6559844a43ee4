import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, COVERAGE, ENTRY, id, PAYER, SERVICE, SITE } from "@/testing/samples";
import { answers, refuses, sent } from "@/testing/services";
import { choose, show } from "@/testing/show";
import { AddEntry } from "./AddEntry";
import { Withdraw } from "./index";
import { Log } from "./Log";

const COVERAGES = "/api/billing/clients/{client_id}/coverages";
const UNINSURED = { ...CLIENT, id: id("33"), full_name: "Ada Papermoon" };

/** What the services answer to whoever adds an entry. */
function given() {
  answers("get", "/api/scheduling/clients", { items: [CLIENT, UNINSURED], next_cursor: null });
  answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
  answers("get", "/api/scheduling/therapists", { items: [], next_cursor: null });
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  answers("get", COVERAGES, { items: [], next_cursor: null });
  answers("get", "/api/billing/payers/{payer_id}", PAYER);
  answers("post", "/api/scheduling/waitlist", ENTRY);
}

describe("AddEntry", () => {
  async function open(covered: () => void) {
    given();
    covered();
    const user = show(<AddEntry site={SITE} onClose={vi.fn()} />);
    await screen.findByRole("dialog");
    await choose(user, /Client/, /Jonas Reed/);
    await choose(user, /Service/, /90837/);
    return user;
  }
  const covers = () => answers("get", COVERAGES, { items: [COVERAGE], next_cursor: null });
  const save = () => screen.getByRole("button", { name: "Save" });

  it("bills the insurance of a client who has coverage, and says which", async () => {
    const user = await open(covers);
    expect(await screen.findByText("Harbor Health · Gold · copay $25.00")).toBeVisible();
    expect(screen.getByRole("switch", { name: /^Bill insurance/ })).toBeChecked();
    await user.click(save());
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ insurance_applicable: true });
  });

  it("bills insurance while billing does not say whether the client has coverage", async () => {
    const user = await open(() => refuses("get", COVERAGES, { status: 422 }));
    expect(await screen.findByText(/coverage is unknown/)).toBeVisible();
    await user.click(save());
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ insurance_applicable: true });
  });

  it("leaves it to who saves, for this client alone", async () => {
    const user = await open(covers);
    await screen.findByText(/Gold/);
    const insurance = () => screen.getByRole("switch", { name: /^Bill insurance/ });
    await user.click(insurance());
    expect(insurance()).not.toBeChecked();
    await choose(user, /Client/, /Ada Papermoon/);
    await waitFor(() => expect(insurance()).toBeChecked());
  });

  provesItself({
    dialog: (onClose) => <AddEntry site={SITE} onClose={onClose} />,
    title: "Add to the waitlist",
    given,
    lacks: ["Choose a client.", "Choose a service."],
    fill: async (user) => {
      await choose(user, /Client/, /Jonas Reed/);
      await choose(user, /Service/, /90837/);
      await screen.findByText("No coverage on file for these dates: the client pays.");
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
