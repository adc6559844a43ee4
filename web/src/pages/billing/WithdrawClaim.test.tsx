import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLAIM, id, RECORD } from "@/testing/samples";
import { sent } from "@/testing/services";
import { enter, show } from "@/testing/show";
import { ConfirmWithdrawal } from "./WithdrawClaim";

const BATCH = { id: id("15") } as never;

describe("ConfirmWithdrawal", () => {
  provesItself({
    dialog: (onClose) => <ConfirmWithdrawal claim={{ ...CLAIM, payer_reference: null }} onClose={onClose} />,
    title: "Withdraw claim HF-1001?",
    lacks: ["Enter the number from the payer's answer or portal."],
    fill: (user) => enter(user, /Payer's claim number/, "PR-78"),
    submit: "Withdraw the claim",
    request: ["post", "/api/billing/claims"],
    body: { record_ids: [RECORD.id], frequency: "8", sent_again: [], payer_references: { [RECORD.id]: "PR-78" } },
    answer: BATCH,
    leadsTo: `/billing/claims/${id("15")}`,
  });

  it("needs no number where the payer has stated its own", async () => {
    show(<ConfirmWithdrawal claim={CLAIM} onClose={() => undefined} />);
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("Payer's claim number: PR-77")).toBeVisible();
    expect(sent).toEqual([]);
  });
});
