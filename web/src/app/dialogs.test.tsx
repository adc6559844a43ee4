import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { CLAIM, CLIENT, id, PAYER, ROOM, SERVICE, SITE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { show } from "@/testing/show";
import { KeyboardHelp } from "./KeyboardHelp";
import { Search } from "./Search";

describe("KeyboardHelp", () => {
  it("lists the keys, remembers that single keys are switched off, and closes", async () => {
    const onClose = vi.fn();
    const user = show(<KeyboardHelp onClose={onClose} />);
    const dialog = await screen.findByRole("dialog", { name: "Keyboard" });
    expect(within(dialog).getByText("Go to Calendar")).toBeVisible();
    await user.click(within(dialog).getByRole("switch", { name: /Single-key shortcuts/ }));
    expect(localStorage.getItem("holdfast-shortcuts")).toBe("false");
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});

const REMITTANCE = {
  id: id("e1"),
  trace_number: "EFT-DESK-1",
  payer_name: "Harbor Health",
  payment_date: "2026-03-02",
};

describe("Search", () => {
  function everything() {
    answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
    answers("get", "/api/scheduling/therapists", { items: [], next_cursor: null });
    answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
    answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
    answers("get", "/api/billing/payers", { items: [PAYER], next_cursor: null });
    answers("get", "/api/billing/claims", { items: [CLAIM], next_cursor: null });
    answers("get", "/api/billing/remittances", { items: [REMITTANCE], next_cursor: null } as never);
  }

  async function typed(words: string) {
    everything();
    const user = show(<Search asked={1} />);
    const field = await screen.findByRole("textbox", { name: "Search" });
    answers("get", "/api/rooms/sites", { items: [SITE], next_cursor: null });
    await user.click(field);
    await user.paste(words);
    return user;
  }

  it("finds people by their names beside pages, leads to them, and closes", async () => {
    const user = await typed("jonas");
    await user.click(await screen.findByRole("button", { name: /Jonas Reed/ }));
    await waitFor(() => expect(window.location.pathname).toBe(`/people/clients/${CLIENT.id}`));
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "Search" })).toBeNull());
  });

  it("finds a payer by its name", async () => {
    const user = await typed("harbor");
    await user.click(await screen.findByRole("button", { name: /Harbor Health/ }));
    await waitFor(() => expect(window.location.pathname).toBe(`/billing/payers/${PAYER.id}`));
  });

  it("finds the record of a claim by its control number", async () => {
    const user = await typed("hf1001");
    await user.click(await screen.findByRole("button", { name: /Claim HF-1001/ }));
    await waitFor(() => expect(window.location.pathname).toBe(`/billing/records/${CLAIM.record_id}`));
  });

  it("finds a remittance by its trace number", async () => {
    const user = await typed("EFT-DESK-1");
    await user.click(await screen.findByRole("button", { name: /Remittance EFT-DESK-1/ }));
    await waitFor(() => expect(window.location.pathname).toBe(`/billing/remittances/${REMITTANCE.id}`));
  });
});
