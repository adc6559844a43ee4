import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, COVERAGE, DISCOUNT, id, PAYER, RECORD, SERVICE, THERAPIST } from "@/testing/samples";
import { answers, fieldProblem, refuses, sent, server } from "@/testing/services";
import { choose, enter, show } from "@/testing/show";
import { AddCoverage } from "./AddCoverage";
import { ChangeCoverage } from "./ChangeCoverage";
import { ChangeDiscount } from "./ChangeDiscount";
import { AddDiscount } from "./Discounts";
import { useDocument } from "./Document";
import { AddEstimate } from "./Estimates";
import { CLIENT as DETAILS, PROVIDER } from "./fields";
import { PartyForm } from "./Party";
import { profile, provider } from "./sources";

function payers() {
  answers("get", "/api/billing/payers", { items: [PAYER], next_cursor: null });
  answers("get", "/api/billing/payers/{payer_id}", PAYER);
}

describe("AddCoverage", () => {
  provesItself({
    dialog: (onClose) => <AddCoverage clientId={CLIENT.id} onClose={onClose} />,
    title: "Add a plan",
    given: payers,
    lacks: ["Choose a payer.", "Enter the name of the plan.", "Enter the member id."],
    fill: async (user) => {
      await choose(user, /^Payer/, "Harbor Health");
      await enter(user, /^Plan/, "Gold");
      await enter(user, /Member id/, "M100");
      await enter(user, /Copay per visit/, "25");
    },
    submit: "Save",
    request: ["post", "/api/billing/clients/{client_id}/coverages"],
    sentTo: `/api/billing/clients/${CLIENT.id}/coverages`,
    body: expect.objectContaining({
      payer_id: PAYER.id,
      plan_name: "Gold",
      member_id: "M100",
      relationship: "self",
      subscriber: null,
      mode: "in_network",
      copay: "25.00",
    }),
    answer: { ...COVERAGE, following: [], claimed: [] },
    refused: ["member_id", /Member id/],
  });
});

describe("ChangeCoverage", () => {
  provesItself({
    dialog: (onClose) => <ChangeCoverage coverage={COVERAGE} payer="Harbor Health" onClose={onClose} />,
    title: "Change Harbor Health, Gold",
    given: payers,
    fill: (user) => enter(user, /Member id/, "M101"),
    submit: "Save",
    request: ["patch", "/api/billing/coverages/{coverage_id}"],
    sentTo: `/api/billing/coverages/${COVERAGE.id}`,
    ifMatch: "3",
    body: { member_id: "M101" },
    answer: { ...COVERAGE, following: [], claimed: [] },
    refused: ["member_id", /Member id/],
  });
});

describe("ClaimsToMend", () => {
  it("lists the claims that were sent with what was wrong, and closes", async () => {
    payers();
    const claimed = {
      claim_id: id("14"),
      record_id: RECORD.id,
      control_number: "HF-1001",
      service_code: SERVICE.service_code,
      service_date: "2026-03-02",
      fix: "Replace the claim.",
    };
    answers("patch", "/api/billing/coverages/{coverage_id}", {
      ...COVERAGE,
      following: [],
      claimed: [claimed],
    } as never);
    const onClose = vi.fn();
    const user = show(<ChangeCoverage coverage={COVERAGE} payer="Harbor Health" onClose={onClose} />);
    await screen.findByRole("dialog");
    await enter(user, /Member id/, "M101");
    await user.click(screen.getByRole("button", { name: "Save" }));
    const dialog = await screen.findByRole("dialog", { name: "Claims sent with the old details" });
    expect(within(dialog).getByText(/claim HF-1001/)).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole("button", { name: "Done" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});

describe("AddDiscount", () => {
  provesItself({
    dialog: (onClose) => <AddDiscount clientId={CLIENT.id} onClose={onClose} />,
    title: "Add a discount",
    fill: async (user) => {
      await enter(user, /Percent/, "20");
      await enter(user, /Reason/, "Sliding scale");
      await enter(user, /^From/, "2026-03-02");
    },
    submit: "Save",
    request: ["post", "/api/billing/clients/{client_id}/discounts"],
    sentTo: `/api/billing/clients/${CLIENT.id}/discounts`,
    body: { percent: 20, reason: "Sliding scale", effective_from: "2026-03-02", effective_to: null },
    answer: DISCOUNT,
    refused: ["percent", /Percent/],
  });
});

describe("ChangeDiscount", () => {
  provesItself({
    dialog: (onClose) => <ChangeDiscount discount={DISCOUNT} onClose={onClose} />,
    title: "Change the discount of 20 %",
    fill: (user) => enter(user, /Percent/, "25"),
    submit: "Save",
    request: ["patch", "/api/billing/discounts/{discount_id}"],
    sentTo: `/api/billing/discounts/${DISCOUNT.id}`,
    ifMatch: "3",
    body: { percent: "25" },
    answer: { ...DISCOUNT, percent: "25" },
    refused: ["percent", /Percent/],
  });
});

describe("AddEstimate", () => {
  provesItself({
    dialog: (onClose) => <AddEstimate clientId={CLIENT.id} onClose={onClose} />,
    title: "New good-faith estimate",
    given: () => {
      answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
      answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
      answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
    },
    lacks: ["Choose a service.", "Choose a therapist."],
    fill: async (user) => {
      await choose(user, /Service/, /90837/);
      await choose(user, /Therapist/, /Ruth Okafor/);
      await enter(user, /First visit/, "3/2/2026");
      await enter(user, /^Visits/, "4");
    },
    submit: "Issue",
    request: ["post", "/api/billing/good-faith-estimates"],
    body: expect.objectContaining({
      client_id: CLIENT.id,
      therapist_id: THERAPIST.id,
      services: [
        {
          service_code: "90837",
          units: 1,
          recurrence: { first_date: "2026-03-02", count: 4, every_days: 7 },
        },
      ],
    }),
    answer: {
      id: id("61"),
      number: "GFE-1",
      client_id: CLIENT.id,
      created_at: "2026-03-02T14:00:00Z",
      created_by: "front desk",
      diagnoses: [],
      discount: "0.00",
      issued_on: "2026-03-02",
      items: [],
      patient_amount: "740.00",
      total_amount: "740.00",
      valid_until: "2027-03-02",
    },
    refused: ["therapist_id", /Therapist/],
  });
});

describe("PartyForm", () => {
  provesItself({
    dialog: (onClose) => (
      <PartyForm title="Ruth Okafor" source={provider(THERAPIST.id)} fields={PROVIDER} found={null} onClose={onClose} />
    ),
    title: "Ruth Okafor",
    fill: async (user) => {
      await enter(user, /First name/, "Ruth");
      await enter(user, /Last name/, "Okafor");
      await enter(user, /NPI/, "1234567893");
      await enter(user, /Taxonomy/, "103TC0700X");
    },
    submit: "Save",
    request: ["put", "/api/billing/providers/{therapist_id}"],
    sentTo: `/api/billing/providers/${THERAPIST.id}`,
    body: { first_name: "Ruth", last_name: "Okafor", npi: "1234567893", taxonomy_code: "103TC0700X", license: null },
    answer: { therapist_id: THERAPIST.id, version: 1 } as never,
    refused: ["npi", /NPI/],
  });

  it("sends a chosen gender and a typed date of birth of a client", async () => {
    answers("put", "/api/billing/clients/{client_id}/profile", { client_id: CLIENT.id, version: 1 } as never);
    const user = show(
      <PartyForm title="Details" source={profile(CLIENT.id)} fields={DETAILS} found={null} onClose={vi.fn()} />,
    );
    await screen.findByRole("dialog");
    await enter(user, /Date of birth/, "5/17/1988");
    await choose(user, /Gender/, "female");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent[0]?.body).toMatchObject({ birth_date: "1988-05-17", gender: "F" }));
  });

  it("begins with the client's name where nothing is written down, and closes without asking while nothing else is typed", async () => {
    const onClose = vi.fn();
    const suggested = { first_name: "Jonas", last_name: "Reed" };
    const source = profile(CLIENT.id);
    const user = show(
      <PartyForm
        title="Details"
        source={source}
        fields={DETAILS}
        found={null}
        suggested={suggested}
        onClose={onClose}
      />,
    );
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByRole("textbox", { name: /First name/ })).toHaveValue("Jonas");
    expect(within(dialog).getByRole("textbox", { name: /Last name/ })).toHaveValue("Reed");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  });

  it("asks for a date of birth and a gender where there is none", async () => {
    refuses("put", "/api/billing/clients/{client_id}/profile", {
      errors: [
        fieldProblem("birth_date", "A date is written as YYYY-MM-DD"),
        fieldProblem("gender", "Choose F, M or U."),
      ],
    });
    const user = show(
      <PartyForm title="Details" source={profile(CLIENT.id)} fields={DETAILS} found={null} onClose={vi.fn()} />,
    );
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findAllByText("This is required.")).toHaveLength(2);
    expect(screen.queryByText(/YYYY/)).toBeNull();
  });
});

/** A link to a superbill, as a page has it. */
function Superbill() {
  const documents = useDocument({ recordId: RECORD.id, clientId: CLIENT.id });
  return (
    <>
      <a {...documents.link({ href: "/api/billing/records/r1/superbill.pdf" })}>Superbill</a>
      {documents.notice}
    </>
  );
}

describe("Refused", () => {
  it("says what a document lacks with the way there, and closes", async () => {
    refuses("get", "/api/billing/records/{record_id}/superbill.pdf", {
      type: "/problems/paper-incomplete",
      detail: "It lacks something.",
      errors: [fieldProblem("diagnoses", "The session has no diagnosis.")],
    });
    const user = show(<Superbill />);
    await user.click(await screen.findByRole("link", { name: "Superbill" }));
    const dialog = await screen.findByRole("dialog", { name: "The document cannot be created" });
    expect(within(dialog).getByText(/The session has no diagnosis/)).toBeVisible();
    expect(within(dialog).getByRole("link", { name: "Enter the session's diagnoses" })).toHaveAttribute(
      "href",
      expect.stringContaining(`/billing/records/${RECORD.id}?edit=diagnoses`),
    );
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
});

describe("Blocked", () => {
  it("offers the document where the browser opens no tab, and closes", async () => {
    const href = `${window.location.origin}/api/billing/records/r1/superbill.pdf`;
    server.use(http.get(href, () => HttpResponse.text("%PDF")));
    vi.spyOn(window, "open").mockReturnValue(null);
    const user = show(<Superbill />);
    await user.click(await screen.findByRole("link", { name: "Superbill" }));
    const dialog = await screen.findByRole("dialog", { name: "The document is ready" });
    expect(within(dialog).getByRole("link", { name: "Open the document" })).toHaveAttribute("target", "_blank");
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    vi.restoreAllMocks();
  });
});
