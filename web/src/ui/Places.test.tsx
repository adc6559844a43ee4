import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
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

it("scrolls to the part that is open where not all parts fit", async () => {
  const left = vi.spyOn(HTMLElement.prototype, "offsetLeft", "get").mockImplementation(function (this: HTMLElement) {
    return this.textContent === "Clients" ? 700 : 0;
  });
  show(<Places name="Billing" places={PLACES} />, { at: "/billing/clients" });
  expect((await screen.findByRole("navigation", { name: "Billing" })).scrollLeft).toBe(700);
  left.mockRestore();
});
