import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { FEE, PAYER } from "@/testing/samples";
import { answers } from "@/testing/services";
import { enter } from "@/testing/show";
import { AddPayer } from "./index";
import { AddFee } from "./payer/AddFee";
import { ChangeFee } from "./payer/ChangeFee";
import { EditPayer } from "./payer/EditPayer";

describe("AddPayer", () => {
  provesItself({
    dialog: (onClose) => <AddPayer onClose={onClose} />,
    title: "Add a payer",
    fill: async (user) => {
      await enter(user, /^Name/, "Harbor Health");
      await enter(user, /Code on claims/, "HH001");
    },
    submit: "Save",
    request: ["post", "/api/billing/payers"],
    body: {
      payer_name: "Harbor Health",
      payer_code: "HH001",
      claim_filing_code: "CI",
      telehealth_place_of_service: "10",
      telehealth_modifier: "95",
    },
    answer: PAYER,
    leadsTo: `/billing/payers/${PAYER.id}`,
    refused: ["payer_code", /Code on claims/],
  });
});

describe("EditPayer", () => {
  provesItself({
    dialog: (onClose) => <EditPayer payer={PAYER} onClose={onClose} />,
    title: "Edit the payer",
    fill: (user) => enter(user, /^Name/, "Harbor Health Plan"),
    submit: "Save",
    request: ["patch", "/api/billing/payers/{payer_id}"],
    sentTo: `/api/billing/payers/${PAYER.id}`,
    ifMatch: "3",
    body: { payer_name: "Harbor Health Plan" },
    answer: PAYER,
    refused: ["payer_name", /^Name/],
  });
});

describe("AddFee", () => {
  provesItself({
    dialog: (onClose) => <AddFee payerId={PAYER.id} onClose={onClose} />,
    title: "Add a fee",
    given: () =>
      answers("get", "/api/billing/payers/{payer_id}/fees/impact", {
        sessions: 0,
        insurance_now: "0.00",
        insurance_then: "0.00",
        client_now: "0.00",
        client_then: "0.00",
        difference: "0.00",
      } as never),
    fill: async (user) => {
      await enter(user, /^Code/, "90837");
      await enter(user, /Fee per unit/, "140");
      await enter(user, /^From/, "2026-03-02");
    },
    submit: "Save",
    request: ["post", "/api/billing/payers/{payer_id}/fees"],
    sentTo: `/api/billing/payers/${PAYER.id}/fees`,
    body: { service_code: "90837", amount: "140.00", effective_from: "2026-03-02" },
    answer: FEE,
    refused: ["amount", /Fee per unit/],
  });
});

describe("ChangeFee", () => {
  provesItself({
    dialog: (onClose) => <ChangeFee fee={FEE} onClose={onClose} />,
    title: "Change the fee for 90837",
    fill: (user) => enter(user, /Fee per unit/, "150"),
    submit: "Save",
    request: ["patch", "/api/billing/fees/{fee_id}"],
    sentTo: `/api/billing/fees/${FEE.id}`,
    ifMatch: "3",
    body: { amount: "150.00" },
    answer: { ...FEE, amount: "150.00" },
    refused: ["amount", /Fee per unit/],
  });
});
