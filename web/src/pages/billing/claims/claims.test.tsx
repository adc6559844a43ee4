import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLAIM, CLIENT, id, PAYER, RECORD } from "@/testing/samples";
import { answers, sent, server } from "@/testing/services";
import { choose, show } from "@/testing/show";
import { ConfirmAmendment } from "./batch";
import { Component as Claims } from "./index";
import { Ready } from "./Ready";

const BATCH = { id: id("15") } as never;

describe("ConfirmAmendment", () => {
  provesItself({
    dialog: (onClose) => <ConfirmAmendment amendment={{ claim: CLAIM, frequency: "7" }} onClose={onClose} />,
    title: "Replace claim HF-1001?",
    submit: "Replace the claim",
    request: ["post", "/api/billing/claims"],
    body: { record_ids: [RECORD.id], frequency: "7", sent_again: [], payer_references: { [RECORD.id]: "PR-77" } },
    answer: BATCH,
    leadsTo: `/billing/claims/${id("15")}`,
  });
});

describe("Ready", () => {
  beforeEach(() => {
    answers("get", "/api/billing/payers", { items: [PAYER], next_cursor: null });
    answers("get", "/api/billing/payers/{payer_id}", PAYER);
    answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
    answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
  });

  it("lists what is to be claimed and what was sent of one payer and one client, who stand in the address", async () => {
    const requested: { readonly path: string; readonly query: URLSearchParams }[] = [];
    for (const path of ["unclaimed", ""]) {
      server.use(
        http.get(`${window.location.origin}/api/billing/claims${path && `/${path}`}`, ({ request }) => {
          requested.push({ path, query: new URL(request.url).searchParams });
          return HttpResponse.json({ items: [], next_cursor: null, count: 0, total_amount: "0.00" });
        }),
      );
    }
    const user = show(<Claims />, { at: `/billing/claims?client=${CLIENT.id}` });
    expect(await screen.findByText("No records of this choice wait to be claimed.")).toBeVisible();
    expect(await screen.findByText("No claims of this choice")).toBeVisible();
    await choose(user, "Payer", PAYER.payer_name);
    await waitFor(() => expect(window.location.search).toContain(`payer=${PAYER.id}`));
    for (const path of ["unclaimed", ""]) {
      for (const isToBeWithdrawn of path ? [false] : [false, true]) {
        const asked = () =>
          requested.filter((one) => one.path === path && one.query.has("to_be_withdrawn") === isToBeWithdrawn);
        await waitFor(() => expect(asked().at(-1)?.query.get("payer_id")).toBe(PAYER.id));
        expect(asked().every(({ query }) => query.get("client_id") === CLIENT.id)).toBe(true);
      }
    }
  });

  it("lists what was sent for one day of service, which stands in the address", async () => {
    const asked: (string | null)[] = [];
    answers("get", "/api/billing/claims/unclaimed", { items: [], next_cursor: null, count: 0, total_amount: "0.00" });
    server.use(
      http.get(`${window.location.origin}/api/billing/claims`, ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("service_date"));
        return HttpResponse.json({ items: [], next_cursor: null });
      }),
    );
    const user = show(<Claims />, { at: "/billing/claims" });
    await screen.findByText("No claim has been sent yet");
    await user.type(screen.getByRole("textbox", { name: "Day of service" }), "3/2/2026{Enter}");
    expect(await screen.findByText("No claims of this choice")).toBeVisible();
    expect(asked.at(-1)).toBe("2026-03-02");
    expect(window.location.search).toContain("day=2026-03-02");
  });

  it("shows records that no payer takes any more apart, and states how many there are", async () => {
    answers("get", "/api/billing/claims/unclaimed", {
      items: [],
      next_cursor: null,
      count: 3,
      total_amount: "555.00",
    });
    const user = show(<Ready />);
    expect(await screen.findByText(/3 more records are older than any payer takes/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show older ones" }));
    expect(await screen.findByText(/These are older than any payer takes/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show those that payers take (3)" }));
    expect(await screen.findByRole("button", { name: "Show older ones" })).toBeVisible();
  });

  it("chooses all that can be claimed or none of them by one box", async () => {
    const other = { ...RECORD, id: id("19"), service_date: "2026-03-03" };
    const items = [RECORD, other];
    answers("get", "/api/billing/claims/unclaimed", { items, next_cursor: null, count: 2, total_amount: "370.00" });
    answers("post", "/api/billing/claims/check", {
      items: items.map(({ id: record_id }) => ({ record_id, claimable: true, findings: [] })),
    } as never);
    answers("get", "/api/scheduling/clients", { items: [], next_cursor: null });
    answers("post", "/api/billing/claims", BATCH);
    const user = show(<Ready />);
    const all = await screen.findByRole("checkbox", { name: "All on this page" });
    await user.click(all);
    expect(screen.getByRole("button", { name: "Create claim file" })).toBeDisabled();
    await user.click(screen.getByRole("checkbox", { name: `Claim ${other.service_code} of 2026-03-03` }));
    expect(all).toBePartiallyChecked();
    await user.click(screen.getByRole("button", { name: "Create claim file" }));
    await waitFor(() => expect(sent[0]?.body).toEqual({ record_ids: [other.id] }));
  });
});
