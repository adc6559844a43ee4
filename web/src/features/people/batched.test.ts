import { expect, it } from "vitest";
import { batched } from "./batched";

function loader(atMost = 100) {
  const requested: string[][] = [];
  const load = batched<{ id: string }>(atMost, async (ids) => {
    requested.push(ids);
    return ids.filter((id) => id !== "gone").map((id) => ({ id }));
  });
  return { requested, load };
}

it("asks once for everybody on a page, and once for each of them", async () => {
  const { requested, load } = loader();
  const found = await Promise.all(["ana", "jonas", "ana", "gone"].map(load));
  expect(requested).toEqual([["ana", "jonas", "gone"]]);
  expect(found).toEqual([{ id: "ana" }, { id: "jonas" }, { id: "ana" }, undefined]);
});

it("asks for no more at once than the service answers", async () => {
  const { requested, load } = loader(2);
  await Promise.all(["ana", "jonas", "ines"].map(load));
  expect(requested).toEqual([["ana", "jonas"], ["ines"]]);
});

it("fails for everybody when the request fails, and asks again the next time", async () => {
  let failing = true;
  const load = batched<{ id: string }>(100, async (ids) => {
    if (failing) {
      throw new Error("away");
    }
    return ids.map((id) => ({ id }));
  });
  await expect(load("ana")).rejects.toThrow("away");
  failing = false;
  expect(await load("ana")).toEqual({ id: "ana" });
});
