import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { components } from "@/api/billing";
import { id } from "@/testing/samples";
import { answers, refuses, sent } from "@/testing/services";
import { show } from "@/testing/show";
import { Parked } from "./Parked";

const MESSAGE = "It is paid by Payer 3, but the claim was sent to Payer 8.";
const NUMBERS = ["HF000000001", "HF000000002"] as const;

type Answer = components["schemas"]["ClaimPaymentView"];

const REMITTANCE = {
  id: id("e1"),
  status: "parked",
  trace_number: "EFT1",
  payer_name: "Payer 3",
  problems: NUMBERS.map((number) => ({ code: "other-payer", place: `claims.${number}`, message: MESSAGE, fix: "" })),
  claims: NUMBERS.map((control_number, at) => ({ position: at + 1, control_number, record_id: id(`f${at}`) })),
} as unknown as components["schemas"]["RemittanceView"];

it("names the claim of each reason, and has its choices under its number", async () => {
  answers("post", "/api/billing/remittances/{remittance_id}/post", { ...REMITTANCE, status: "posted" } as never);
  const user = show(<Parked remittance={REMITTANCE} />);
  for (const number of NUMBERS) {
    expect(await screen.findByText(new RegExp(`Claim ${number}: It is paid by Payer 3`))).toBeVisible();
  }
  const [first, second] = NUMBERS.map((number) => within(screen.getByRole("group", { name: `Claim ${number}` })));
  await user.click(first?.getByRole("checkbox", { name: "Skip" }) as Element);
  expect(first?.queryByRole("checkbox", { name: "Post as it is" })).toBeNull();
  await user.click(second?.getByRole("checkbox", { name: "Post as it is" }) as Element);
  await user.click(screen.getByRole("button", { name: "Post" }));
  await screen.findByText("The remittance is posted.");
  expect(sent.at(-1)?.body).toEqual({ leave_out: [NUMBERS[0]], match: {}, accept: [NUMBERS[1]] });
});

it("names the patient and the day of service of each claim, as far as the file has them", async () => {
  const [number] = NUMBERS;
  const [first, second] = REMITTANCE.claims as [Answer, Answer];
  const named = { ...first, patient_name: "Jonas Reed", service_date: "2026-03-02" };
  show(<Parked remittance={{ ...REMITTANCE, claims: [named, second] }} />);
  expect(
    await screen.findByText(new RegExp(`^Claim ${number}, Jonas Reed, .*Mar.*2.*: It is paid by Payer 3`)),
  ).toBeVisible();
  expect(screen.getByRole("group", { name: new RegExp(`^Claim ${number}, Jonas Reed, .*Mar`) })).toBeVisible();
  expect(screen.getByRole("group", { name: `Claim ${NUMBERS[1]}` })).toBeVisible();
});

it("offers to post as it is what the service doubts only once it knows the claim", async () => {
  const [number] = NUMBERS;
  const post = "/api/billing/remittances/{remittance_id}/post";
  refuses("post", post, {
    status: 409,
    type: "/problems/remittance-parked",
    errors: [{ field: `claims.${number}`, code: "other-payer", message: MESSAGE, fix: "Compare the two." }],
  });
  const unknown = {
    ...REMITTANCE,
    problems: [{ code: "unknown-claim", place: `claims.${number}`, message: "", fix: "" }],
  };
  const user = show(<Parked remittance={unknown} />);
  expect(screen.queryByRole("checkbox", { name: "Post as it is" })).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Post" }));
  const choices = within(screen.getByRole("group", { name: `Claim ${number}` }));
  await user.click(await choices.findByRole("checkbox", { name: "Post as it is" }));
  answers("post", post, { ...REMITTANCE, status: "posted" } as never);
  await user.click(screen.getByRole("button", { name: "Post" }));
  await screen.findByText("The remittance is posted.");
  expect(sent.at(-1)?.body).toEqual({ leave_out: [], match: {}, accept: [number] });
});
