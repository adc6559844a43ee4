import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { PAYER } from "@/testing/samples";
import { answers } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as Credit } from "./index";

it.each([
  ["/billing/credit", "Every payment is applied or refunded."],
  [`/billing/credit?payer=${PAYER.id}`, "No record of this choice has credit."],
])("says of %s without credit how far that holds", async (at, words) => {
  answers("get", "/api/billing/credits", { items: [], next_cursor: null, count: 0, total_amount: "0.00" });
  answers("get", "/api/billing/payers", { items: [PAYER], next_cursor: null });
  answers("get", "/api/billing/payers/{payer_id}", PAYER);
  answers("get", "/api/scheduling/clients", { items: [], next_cursor: null });
  show(<Credit />, { at });
  expect(await screen.findByText(words)).toBeVisible();
});
