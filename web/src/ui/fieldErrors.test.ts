import { expect, it } from "vitest";
import { Problem } from "@/api";
import { fieldErrors } from "./fieldErrors";

const PHONE = {
  field: "phone",
  code: "form",
  message: "A phone number has digits. Enter one, such as 207-555-0134.",
  fix: "Enter one, such as 207-555-0134.",
};
const NAME = { field: "name.first", code: "missing", message: "A name is needed.", fix: null };

function refused(...errors: Problem["errors"]): Problem {
  return new Problem({
    type: "/problems/invalid-request",
    title: "Not valid",
    status: 422,
    detail: errors.map(({ message }) => message).join(" "),
    errors,
  });
}

it("is told once, beside its field, and a fix that the message ends with is not repeated", () => {
  const errors = fieldErrors(refused(PHONE, NAME), ["phone", "name"]);
  expect(errors.at("phone")).toBe(PHONE.message);
  expect(errors.at("name")).toBe(NAME.message);
  expect([errors.rest, errors.wrong]).toEqual([null, 2]);
});

it("leaves for the notice only what is about none of the fields", () => {
  const errors = fieldErrors(refused(PHONE, NAME), ["phone"]);
  expect(errors.rest?.errors).toEqual([NAME]);
  expect(errors.rest?.detail).toBe(NAME.message);
});

it("is a notice where nothing is about a field", () => {
  const problem = refused();
  expect(fieldErrors(problem, ["phone"])).toMatchObject({ rest: problem, wrong: 0 });
});
