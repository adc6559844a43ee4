import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";
import { CLIENT, id } from "@/testing/samples";
import { answers, refuses, server } from "@/testing/services";
import { enter, show } from "@/testing/show";
import { Component as Remittances } from "./index";
import { Component as Remittance } from "./remittance";

const REMITTANCE = id("e1");

async function post(user: UserEvent): Promise<void> {
  await screen.findByRole("button", { name: "Post a file" });
  const field = document.querySelector<HTMLInputElement>('input[type="file"]');
  await user.upload(field as HTMLInputElement, new File(["ISA*00*~ST*835*1~"], "march.835"));
}

it.each([
  [201, "The remittance is posted."],
  [200, "This file came before: nothing is posted a second time."],
])("says at an answer of %i: %s", async (status, words) => {
  answers("get", "/api/billing/remittances", { items: [], next_cursor: null });
  server.use(
    http.post(`${window.location.origin}/api/billing/remittances`, () =>
      HttpResponse.json({ id: REMITTANCE, status: "posted", others: [] }, { status }),
    ),
  );
  const user = show(<Remittances />, { at: "/billing/remittances" });
  await post(user);
  expect(await screen.findByText(words)).toBeVisible();
  expect(window.location.pathname).toBe(`/billing/remittances/${REMITTANCE}`);
});

it("keeps the refusal of a payment that was posted with other content, and leads to the earlier one", async () => {
  const words = "Payment EFT1 of Harbor Health was posted already, with other content. Compare the two with the payer.";
  answers("get", "/api/billing/remittances", { items: [], next_cursor: null });
  refuses("post", "/api/billing/remittances", {
    type: "/problems/trace-number-posted",
    title: "Trace number posted",
    status: 409,
    detail: words,
    remittance_id: REMITTANCE,
  });
  const user = show(<Remittances />, { at: "/billing/remittances" });
  await post(user);
  expect(await screen.findByText(words)).toBeVisible();
  const earlier = screen.getByRole("link", { name: "Open the remittance that was posted" });
  expect(earlier).toHaveAttribute("href", expect.stringContaining(`/billing/remittances/${REMITTANCE}`));
  expect(window.location.pathname).toBe("/billing/remittances");
});

it("opens a file that is parked, whose page has the reasons", async () => {
  answers("get", "/api/billing/remittances", { items: [], next_cursor: null });
  const parked = { type: "/problems/remittance-parked", status: 422, remittance_id: REMITTANCE };
  refuses("post", "/api/billing/remittances", parked);
  const user = show(<Remittances />, { at: "/billing/remittances" });
  await post(user);
  await waitFor(() => expect(window.location.pathname).toBe(`/billing/remittances/${REMITTANCE}`));
});

it("says whether an adjustment that is for no claim was taken from the payment or added to it", async () => {
  const adjustment = (reason: string, amount: string) => ({ reason, meaning: reason, reference: reason, amount });
  answers("get", "/api/billing/remittances/{remittance_id}", {
    id: REMITTANCE,
    status: "posted",
    trace_number: "EFT1",
    payer_name: "Harbor Health",
    amount: "211.25",
    paid_for_claims: "210.50",
    payment_date: "2026-03-02",
    received_at: "2026-03-02T14:00:00Z",
    received_by: "biller",
    provider_adjustments: [adjustment("interest", "-0.75"), adjustment("recoupment", "12.00")],
    claims: [],
    problems: [],
    next_cursor: null,
  } as never);
  show(
    <Routes>
      <Route path="billing/remittances/:remittanceId" element={<Remittance />} />
    </Routes>,
    { at: `/billing/remittances/${REMITTANCE}` },
  );
  expect(await screen.findByText(/^interest:/)).toHaveTextContent("interest: $0.75 added to the payment");
  expect(screen.getByText(/^recoupment:/)).toHaveTextContent("recoupment: $12.00 taken from the payment");
});

it("finds the remittance of a trace number, which stands in the address", async () => {
  const requested: URLSearchParams[] = [];
  server.use(
    http.get(`${window.location.origin}/api/billing/remittances`, ({ request }) => {
      requested.push(new URL(request.url).searchParams);
      return HttpResponse.json({ items: [], next_cursor: null });
    }),
  );
  const user = show(<Remittances />, { at: "/billing/remittances" });
  expect(await screen.findByText("No remittances yet")).toBeVisible();
  await enter(user, "Trace number", " EFT-DESK-1 ");
  expect(await screen.findByText("No remittance has this trace number")).toBeVisible();
  await waitFor(() => expect(window.location.search).toContain("trace=EFT-DESK-1"));
  expect(requested.at(-1)?.get("trace_number")).toBe("EFT-DESK-1");
});

it("says once that a claim was denied", async () => {
  answers("get", "/api/billing/remittances/{remittance_id}", {
    id: REMITTANCE,
    status: "posted",
    trace_number: "EFT1",
    payer_name: "Harbor Health",
    amount: "0.00",
    paid_for_claims: "0.00",
    received_at: "2026-03-02T14:00:00Z",
    received_by: "biller",
    provider_adjustments: [],
    problems: [],
    claims: [
      {
        position: 1,
        control_number: "HF000000001",
        outcome: "denied",
        status_meaning: "denied",
        charge: "185.00",
        paid: "0.00",
        patient_responsibility: "0.00",
        unassigned_amount: "0.00",
        adjustments: [],
        lines: [],
        postings: [],
      },
    ],
    next_cursor: null,
  } as never);
  show(
    <Routes>
      <Route path="billing/remittances/:remittanceId" element={<Remittance />} />
    </Routes>,
    { at: `/billing/remittances/${REMITTANCE}` },
  );
  expect(await screen.findByText("Claim HF000000001")).toBeVisible();
  expect(screen.getAllByText("denied")).toHaveLength(1);
});

it("names the client and the claim that an unknown claim was posted to, beside what the file says", async () => {
  answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
  answers("get", "/api/billing/remittances/{remittance_id}", {
    id: REMITTANCE,
    status: "posted",
    trace_number: "EFT1",
    payer_name: "Harbor Health",
    amount: "127.00",
    paid_for_claims: "127.00",
    received_at: "2026-03-02T14:00:00Z",
    received_by: "biller",
    provider_adjustments: [],
    problems: [],
    claims: [
      {
        position: 1,
        control_number: "NOSUCH01",
        claim_number: "HF000000001",
        client_id: CLIENT.id,
        record_id: id("e2"),
        patient_name: "HANNA HEROINE",
        outcome: "paid",
        charge: "185.00",
        paid: "127.00",
        patient_responsibility: "25.00",
        unassigned_amount: "0.00",
        adjustments: [],
        lines: [],
        postings: [],
      },
    ],
    next_cursor: null,
  } as never);
  show(
    <Routes>
      <Route path="billing/remittances/:remittanceId" element={<Remittance />} />
    </Routes>,
    { at: `/billing/remittances/${REMITTANCE}` },
  );
  const panel = within(await screen.findByRole("region", { name: "Claim NOSUCH01" }));
  expect(await panel.findByRole("link", { name: CLIENT.full_name })).toBeVisible();
  expect(panel.getByText("HF000000001")).toBeVisible();
  expect(panel.getByText("HANNA HEROINE")).toBeVisible();
});

it("calls the tab of what is not discarded what it is", async () => {
  answers("get", "/api/billing/remittances", { items: [], next_cursor: null });
  show(<Remittances />, { at: "/billing/remittances" });
  expect(await screen.findByRole("radio", { name: "All but discarded" })).toBeChecked();
});
