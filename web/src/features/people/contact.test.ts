import { expect, it } from "vitest";
import { againstEmail, againstPhone, contactInWords, typedEmail, typedPhone } from "./contact";

it("tells clients of one name apart, also those of whom nothing else is known", () => {
  expect(contactInWords({ phone: "+1 555 0101", email: "robin@example.com" })).toBe("+1 555 0101 · robin@example.com");
  expect(contactInWords({ phone: null, email: "robin@example.com" })).toBe("robin@example.com");
  expect(contactInWords({ phone: null, email: null })).toBe("No phone or e-mail on file");
});

it.each([
  ["mailto:zoe@example.de", "zoe@example.de"],
  [" MAILTO: zoe@example.de ", "zoe@example.de"],
  ["zoe@example.de", "zoe@example.de"],
])("reads %j as the address %s", (typed, email) => {
  expect([typedEmail(typed), againstEmail(typed)]).toEqual([email, null]);
});

it.each([
  ["Tel. +49 30 901820", "+49 30 901820"],
  ["tel:+49-30-901820", "+49-30-901820"],
  ["Phone: (212) 555-0134", "(212) 555-0134"],
  ["212-555-0134 x12", "212-555-0134 x12"],
])("reads %j as the phone number %s", (typed, phone) => {
  expect([typedPhone(typed), againstPhone(typed)]).toEqual([phone, null]);
});

it("refuses what is neither, with an example of the country of the site", () => {
  expect(againstEmail("zoe at example.de")).toBe("Enter an e-mail address, such as name@example.com.");
  expect(againstEmail("cc:mailto:zoe@example.de")).not.toBeNull();
  expect(againstPhone("soon", "en-DE")).toBe("Enter a phone number, such as +49 30 23125 123.");
  expect(againstPhone("soon", "en-US")).toBe("Enter a phone number, such as +1 212 555 0134.");
  expect([againstEmail(""), againstPhone(" ")]).toEqual([null, null]);
});
