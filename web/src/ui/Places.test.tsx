import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { show } from "@/testing/show";
import { Places } from "./Places";

const PLACES = [
  ["Records", "/billing"],
  ["Claims", "/billing/claims"],
  ["Clients", "/billing/clients"],
] as const;

it.each([
  ["/billing", "Records", "page"],
  ["/billing/records/1", "Records", "true"],
  ["/billing/claims", "Claims", "page"],
  ["/billing/claims/1", "Claims", "true"],
])("marks at %s the part %s only", async (at, part, current) => {
  show(<Places name="Billing" places={PLACES} />, { at });
  await screen.findByRole("navigation", { name: "Billing" });
  const marked = screen.getAllByRole("link").filter((link) => link.hasAttribute("aria-current"));
  expect(marked.map((link) => [link.textContent, link.getAttribute("aria-current")])).toEqual([[part, current]]);
});
