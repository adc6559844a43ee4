import { expect, it } from "vitest";
import { hasEveryWord } from "@/ui/text";
import { NAVIGATION, PAGES } from "./routes";

it.each(["booking policies", "travel times", "buffers", "overrides"])("finds the clinic's rules by %s", (words) => {
  const found = PAGES.filter(({ name, about }) => name && hasEveryWord(`${name} ${about}`, words));
  expect(found.map(({ path }) => path)).toContain("policies");
});

it.each([
  ["Our details", "billing/organization"],
  ["Organization", "billing/organization"],
  ["Clients' accounts", "billing/clients"],
  ["Clients’ accounts", "billing/clients"],
  ["superbill", "billing/clients"],
  ["statement", "billing/clients"],
  ["denials", "billing/reports"],
  ["denied", "billing/claims"],
  ["Changes", "billing/changes"],
  ["change log", "billing/changes"],
])("finds by %s the page %s", (words, path) => {
  const found = [...NAVIGATION, ...PAGES].filter(({ name, about }) => name && hasEveryWord(`${name} ${about}`, words));
  expect(found.map((page) => page.path)).toContain(path);
});
