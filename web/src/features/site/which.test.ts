import { expect, it } from "vitest";
import { bySiteName, siteOf } from "./which";

const SITES = [
  { id: "a", is_active: true },
  { id: "b", is_active: true },
  { id: "closed", is_active: false },
];

it.each([
  ["b", null, "b"],
  ["b", "a", "b"],
  [null, "b", "b"],
  [null, "gone", "a"],
  [null, null, "a"],
  ["gone", "b", undefined],
  ["closed", "b", "closed"],
  [null, "closed", "a"],
])("where the address names %s and the browser remembers %s, site %s is looked at", (named, remembered, id) => {
  expect(siteOf(SITES, named, remembered)?.id).toBe(id);
});

it("lists sites as people count", () => {
  const names = ["Site 10", "Site 2", "site 1"].map((site_name) => ({ site_name }));
  expect(names.sort(bySiteName).map(({ site_name }) => site_name)).toEqual(["site 1", "Site 2", "Site 10"]);
});
