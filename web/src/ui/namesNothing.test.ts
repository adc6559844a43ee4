import { expect, it } from "vitest";
import { Problem, Unreachable } from "@/api/problem";
import { namesNothing } from "./namesNothing";

function refused(status: number, code?: string): Problem {
  const errors = code ? [{ field: "session_id", code, message: "Send an id." }] : [];
  return new Problem({ type: "/problems/some", title: "Some", status, detail: "Some.", errors });
}

it("an address names nothing where its id is unknown or is no id, and not where the service is away", () => {
  expect([refused(404), refused(400, "uuid_parsing")].map(namesNothing)).toEqual([true, true]);
  expect([null, new Unreachable(), refused(503), refused(400, "missing")].map(namesNothing)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
