import { expect, it } from "vitest";
import { contactInWords } from "./contact";

it("tells clients of one name apart, also those of whom nothing else is known", () => {
  expect(contactInWords({ phone: "+1 555 0101", email: "robin@example.com" })).toBe("+1 555 0101 · robin@example.com");
  expect(contactInWords({ phone: null, email: "robin@example.com" })).toBe("robin@example.com");
  expect(contactInWords({ phone: null, email: null })).toBe("No phone or e-mail on file");
});
