import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { id, LEDGER, RECORD } from "@/testing/samples";
import { answers } from "@/testing/services";
import { enter, show } from "@/testing/show";
import type { Posting } from "../labels";
import { DiagnosesForm } from "./Diagnoses";
import { Boxes } from "./Documents";
import { ReverseForm } from "./Reverse";
import { StepForm } from "./StepForm";

const POSTING: Posting = {
  id: id("71"),
  kind: "payment",
  entries: [],
  method: "check",
  payer: "client",
  reference: "1001",
  reason: null,
  posted_at: "2026-03-02T15:00:00Z",
  posted_by: "front desk",
  received_date: "2026-03-02",
  deposit_date: "2026-03-02",
  is_reversible: true,
  reverses_id: null,
};

describe("ReverseForm", () => {
  provesItself({
    dialog: (onClose) => <ReverseForm record={RECORD} posting={POSTING} onClose={onClose} />,
    title: /^Reverse: /,
    fill: (user) => enter(user, /^Reason/, "Wrong client"),
    submit: "Reverse",
    request: ["post", "/api/billing/records/{record_id}/ledger/{transaction_id}/reversal"],
    sentTo: `/api/billing/records/${RECORD.id}/ledger/${POSTING.id}/reversal`,
    body: { reason: "Wrong client" },
    answer: LEDGER as never,
    refused: ["reason", /^Reason/],
  });
});

describe("DiagnosesForm", () => {
  provesItself({
    dialog: (onClose) => <DiagnosesForm record={RECORD} onClose={onClose} />,
    title: "Diagnoses of the session",
    given: () => answers("get", "/api/billing/diagnosis-codes", { items: [], next_cursor: null }),
    fill: (user) => user.type(screen.getByLabelText(/Diagnoses/, { selector: "input" }), "F41.1{Enter}"),
    submit: "Save",
    request: ["put", "/api/billing/records/{record_id}/diagnoses"],
    sentTo: `/api/billing/records/${RECORD.id}/diagnoses`,
    ifMatch: "3",
    body: { diagnoses: ["F41.1"] },
    answer: { ...RECORD, diagnoses: ["F41.1"] },
    refused: ["diagnoses", /Diagnoses/],
  });
});

describe("LoadedStepForm", () => {
  provesItself({
    dialog: (onClose) => <StepForm name="payment" record={RECORD} onClose={onClose} />,
    title: "Record a payment",
    given: () => answers("get", "/api/billing/records/{record_id}/ledger", LEDGER),
    fill: async (user) => {
      await waitFor(() => expect(screen.getByLabelText(/Amount/)).toHaveValue("185.00"));
      await enter(user, /Amount/, "100");
    },
    submit: "Save",
    request: ["post", "/api/billing/records/{record_id}/payments"],
    sentTo: `/api/billing/records/${RECORD.id}/payments`,
    body: { amount: "100.00", payer: "client", method: "card" },
    answer: RECORD as never,
    refused: ["amount", /Amount/],
  });
});

describe("StepForm", () => {
  it("waits for the ledger before anything can be sent", async () => {
    answers("get", "/api/billing/records/{record_id}/ledger", LEDGER);
    show(<StepForm name="void" record={RECORD} onClose={() => undefined} />);
    const dialog = await screen.findByRole("dialog", { name: "Void" });
    expect(within(dialog).getByRole("button", { name: "Void the record" })).toBeDisabled();
  });
});

describe("Boxes", () => {
  it("shows what goes into each box that has something, and closes", async () => {
    const boxes = [
      { number: "21", name: "Diagnosis", value: "F41.1" },
      { number: "23", name: "Prior authorization number", value: null },
    ];
    answers("get", "/api/billing/records/{record_id}/cms1500.json", { record_id: RECORD.id, forms: [{ boxes }] });
    const onClose = vi.fn();
    const user = show(<Boxes record={RECORD} onClose={onClose} />);
    const dialog = await screen.findByRole("dialog", { name: "CMS-1500, box by box" });
    expect(await within(dialog).findByText("F41.1")).toBeVisible();
    expect(within(dialog).queryByText(/Prior authorization/)).toBeNull();
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});
