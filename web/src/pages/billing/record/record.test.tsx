import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLAIM, id, LEDGER, RECORD } from "@/testing/samples";
import { answers, fieldProblem, refuses, sent, server } from "@/testing/services";
import { enter, show } from "@/testing/show";
import type { Posting } from "../labels";
import { Balance } from "./Balance";
import { Claims } from "./Claims";
import { DiagnosesForm } from "./Diagnoses";
import { Boxes } from "./Documents";
import { Ledger } from "./Ledger";
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

describe("Balance", () => {
  it.each([
    ["0.00", null],
    ["140.00", "$140.00"],
  ])("states the credit of a replaced record, %s, only where there is some", async (unapplied_credit, shown) => {
    const former = { ...RECORD, id: id("72"), payment_status: "voided" as const, unapplied_credit };
    answers("get", "/api/billing/records", { items: [former], next_cursor: null, count: 1 } as never);
    answers("get", "/api/billing/records/{record_id}/ledger", LEDGER as never);
    show(<Balance record={{ ...RECORD, replaces_id: former.id }} />);
    if (shown) {
      expect(await screen.findByRole("link", { name: shown })).toBeVisible();
    } else {
      await screen.findByText("Open balance");
      await waitFor(() => expect(screen.queryByText("Credit of replaced records")).toBeNull());
    }
  });
});

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
  it("says how much of a payment became credit, and whose", async () => {
    answers("get", "/api/billing/records/{record_id}/ledger", { ...LEDGER, unapplied_credit: "10.00" });
    answers("post", "/api/billing/records/{record_id}/payments", { ...RECORD, unapplied_credit: "45.00" } as never);
    const user = show(<StepForm name="payment" record={RECORD} onClose={() => undefined} />);
    await waitFor(() => expect(screen.getByLabelText(/Amount/)).toHaveValue("185.00"));
    await enter(user, /Amount/, "220");
    await user.click(screen.getByRole("button", { name: "Save" }));
    const done = await screen.findByText(/^The payment is saved/);
    expect(done).toHaveTextContent("The payment is saved. $35.00 of it became credit of the client.");
  });

  it("shows what was refused of a field until that field is changed", async () => {
    answers("get", "/api/billing/records/{record_id}/ledger", LEDGER);
    const [tooMuch, wrongText] = ["An amount has at most ten digits.", "This reference is used already."];
    refuses("post", "/api/billing/records/{record_id}/payments", {
      errors: [fieldProblem("amount", tooMuch), fieldProblem("reference", wrongText)],
    });
    const user = show(<StepForm name="payment" record={RECORD} onClose={() => undefined} />);
    await waitFor(() => expect(screen.getByLabelText(/Amount/)).toHaveValue("185.00"));
    const dialog = within(screen.getByRole("dialog", { name: "Record a payment" }));
    await enter(user, /Amount/, "99999999999");
    await user.click(dialog.getByRole("button", { name: "Save" }));
    expect(await dialog.findByText(tooMuch)).toBeVisible();
    expect(dialog.getByText("Not saved: 2 fields need to be corrected.")).toBeVisible();

    await enter(user, /Amount/, "100");
    expect(dialog.queryByText(tooMuch)).toBeNull();
    expect(dialog.getByText(wrongText)).toBeVisible();
    expect(dialog.getByText("Not saved: one field needs to be corrected.")).toBeVisible();
  });

  it("waits for the ledger before anything can be sent", async () => {
    answers("get", "/api/billing/records/{record_id}/ledger", LEDGER);
    show(<StepForm name="void" record={RECORD} onClose={() => undefined} />);
    const dialog = await screen.findByRole("dialog", { name: "Void" });
    expect(within(dialog).getByRole("button", { name: "Void the record" })).toBeDisabled();
  });
});

describe("Correct the record", () => {
  it.each([
    ["self-pay", "insurance", false],
    ["insurance", "self-pay", true],
  ])("turns a record of %s into one of %s, with the amounts that this makes", async (_from, _to, insured) => {
    const record = { ...RECORD, insurance_applicable: insured };
    answers("get", "/api/billing/records/{record_id}/ledger", LEDGER);
    answers("get", "/api/catalog/services", { items: [], next_cursor: null });
    answers("post", "/api/billing/records/{record_id}/replace", RECORD as never);
    const previewed: unknown[] = [];
    server.use(
      http.post(`${window.location.origin}/api/billing/records/${RECORD.id}/replace/preview`, async ({ request }) => {
        previewed.push(await request.json());
        return HttpResponse.json(record);
      }),
    );
    const user = show(<StepForm name="replacement" record={record} onClose={() => undefined} />);
    const insurance = await screen.findByRole("switch", { name: /^Bill insurance/ });
    expect(insurance).toHaveProperty("checked", insured);
    await user.click(insurance);
    const changed = expect.objectContaining({ insurance_applicable: !insured });
    await waitFor(() => expect(previewed).toContainEqual(changed));
    await enter(user, /^Reason/, "booked wrongly");
    await user.click(screen.getByRole("button", { name: "Void and rebill" }));
    await waitFor(() => expect(sent.map(({ body }) => body)).toEqual([changed]));
  });
});

const INSURED = { ...RECORD, insurance_applicable: true, insurance_covered: true };

describe("Claims", () => {
  function open(record = INSURED, claims = [] as (typeof CLAIM)[]) {
    answers("get", "/api/billing/claims", { items: claims, next_cursor: null });
    answers("get", "/api/billing/remittances", { items: [], next_cursor: null });
    return show(<Claims record={record} />);
  }

  function checked(claimable: boolean, ...findings: (readonly [code: string, message: string])[]) {
    const found = findings.map(([code, message]) => ({ code, message, suggestion: "", severity: "error" as const }));
    const item = { record_id: RECORD.id, claimable, frequency: "1" as const, total_amount: "185.00", findings: found };
    answers("post", "/api/billing/claims/check", { items: [item] });
  }

  it("claims a record of which nothing is owed any more from its own page, and leads to the file", async () => {
    checked(true);
    answers("post", "/api/billing/claims", { id: id("15"), claims: [CLAIM] } as never);
    const user = open({ ...INSURED, payment_status: "paid", balance: "0.00" });
    await user.click(await screen.findByRole("button", { name: "Create a claim file" }));
    await waitFor(() => expect(window.location.pathname).toBe(`/billing/claims/${id("15")}`));
    expect(sent.map(({ body }) => body)).toEqual([{ record_ids: [RECORD.id], frequency: "1", sent_again: [] }]);
  });

  it("states why a record cannot be claimed, and leads to where that is mended", async () => {
    checked(false, ["DIAGNOSIS_MISSING", "The record has no diagnosis."]);
    open();
    expect(await screen.findByText(/The record has no diagnosis/)).toBeVisible();
    expect(screen.getByRole("link", { name: "The session's diagnoses" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Create a claim file" })).toBeNull();
  });

  it("offers no second claim of a record that is claimed", async () => {
    checked(false, ["ALREADY_CLAIMED", "It was claimed already, as HF-1001."]);
    open(INSURED, [CLAIM]);
    expect(await screen.findByText(/^Claimed already/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Create a claim file" })).toBeNull();
  });

  it("states of a session without insurance that it was booked as self-pay", async () => {
    open(RECORD);
    expect(await screen.findByText(/booked as self-pay/)).toBeVisible();
    const correct = screen.getByRole("link", { name: "Correct the record" });
    expect(correct).toHaveAttribute("href", expect.stringMatching(`/billing/records/${RECORD.id}\\?step=replacement`));
    expect(screen.queryByRole("button", { name: "Create a claim file" })).toBeNull();
  });
});

describe("Ledger", () => {
  it("shows days of receipt and deposit of a payment, and none of a charge", async () => {
    const charge = {
      ...POSTING,
      id: id("72"),
      kind: "charge" as const,
      method: null,
      payer: null,
      is_reversible: false,
    };
    answers("get", "/api/billing/records/{record_id}/ledger", { ...LEDGER, items: [charge, POSTING] });
    show(<Ledger record={RECORD} />);
    const [, charged, paid] = await waitFor(() => {
      const rows = screen.getAllByRole("row");
      expect(rows).toHaveLength(3);
      return rows;
    });
    const days = (row: HTMLElement | undefined) =>
      within(row as HTMLElement)
        .getAllByRole("cell")
        .slice(1, 3)
        .map(({ textContent }) => textContent);
    expect(days(charged)).toEqual(["", ""]);
    expect(days(paid)).toEqual([expect.stringMatching(/Mar 2/), expect.stringMatching(/Mar 2/)]);
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
