import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { id } from "@/testing/samples";
import { answers, server } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as Remittances } from "./index";

const REMITTANCE = id("e1");

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
  await screen.findByRole("button", { name: "Post a file" });
  const field = document.querySelector<HTMLInputElement>('input[type="file"]');
  await user.upload(field as HTMLInputElement, new File(["ISA*00*~ST*835*1~"], "march.835"));
  expect(await screen.findByText(words)).toBeVisible();
  expect(window.location.pathname).toBe(`/billing/remittances/${REMITTANCE}`);
});
