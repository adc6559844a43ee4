import { expect, it } from "vitest";
import { bySiteName, siteOf } from "./which";

const SITES = [{ id: "a" }, { id: "b" }];

it.each([
  ["b", null, "b"],
  ["b", "a", "b"],
  [null, "b", "b"],
  [null, "gone", "a"],
  [null, null, "a"],
  ["gone", "b", undefined],
])("where the address names %s and the browser remembers %s, site %s is looked at", (named, remembered, id) => {
  expect(siteOf(SITES, named, remembered)?.id).toBe(id);
});

it("lists sites as people count", () => {
  const names = ["Site 10", "Site 2", "site 1"].map((site_name) => ({ site_name }));
  expect(names.sort(bySiteName).map(({ site_name }) => site_name)).toEqual(["site 1", "Site 2", "Site 10"]);
});
