import { expect, test } from "vitest";
import { type Field, namesOf, typedOf, writtenOf } from "./form";

const FIELDS: readonly Field[] = [
  { name: "plan", label: "Plan" },
  { name: "visits", label: "Visits", type: "number", optional: true },
  { name: "codes", label: "Codes", type: "diagnoses", optional: true },
  { name: "holder.address.city", label: "City" },
];

test("what is typed is sent where it belongs, in the form that it has there", () => {
  const typed = {
    plan: " Silver ",
    visits: "12",
    codes: "F41.1, F32.1",
    "holder.address.city": "Portland",
  };
  expect(writtenOf(FIELDS, typed, { holder: { name: "Ann", address: { state: "ME" } } })).toEqual({
    plan: "Silver",
    visits: 12,
    codes: ["F41.1", "F32.1"],
    holder: { name: "Ann", address: { state: "ME", city: "Portland" } },
  });
});

test("what may be empty is nothing, and what makes no sense is left to the service to refuse", () => {
  const written = writtenOf(FIELDS, { visits: "" });
  expect(written).toMatchObject({ visits: null, codes: [] });
});

test("what is there is typed as it would be sent again", () => {
  const found = { plan: "Silver", visits: null, codes: ["F41.1"], holder: null };
  const typed = typedOf(FIELDS, found);
  expect(typed).toEqual({ plan: "Silver", visits: "", codes: "F41.1", "holder.address.city": "" });
});

test.each(["04101-1234", " 04101 1234 ", "041011234"])("the ZIP code %j is sent in its digits", (zip) => {
  const field = { name: "zip", label: "ZIP code", type: "zip" } as const;
  expect(writtenOf([field], { zip })).toEqual({ zip: "041011234" });
});

test.each([
  ["Zoë Ana O'Brien-Müller", "Zoë Ana", "O'Brien-Müller"],
  ["Ortega, Ana Lucía", "Ana Lucía", "Ortega"],
  [" Prince ", "", "Prince"],
  ["", "", ""],
])("the name %j has a first and a last one", (name, first_name, last_name) => {
  expect(namesOf(name)).toEqual({ first_name, last_name });
});
