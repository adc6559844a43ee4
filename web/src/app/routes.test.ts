import { expect, it } from "vitest";
import { hasEveryWord } from "@/ui/text";
import { PAGES } from "./routes";

it.each(["booking policies", "travel times", "buffers", "overrides"])("finds the clinic's rules by %s", (words) => {
  const found = PAGES.filter(({ name, about }) => name && hasEveryWord(`${name} ${about}`, words));
  expect(found.map(({ path }) => path)).toContain("policies");
});
