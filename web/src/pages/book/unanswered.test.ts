import { expect, it } from "vitest";
import { mayBeDone, Problem, problemOf, Unreachable } from "@/api/problem";
import { isSentAgain, type Request, unansweredInWords } from "./unanswered";

function refusedWith(status: number): Problem {
  return new Problem({ type: "/problems/some", title: "Some", status, detail: "Some.", errors: [] });
}

it("may be booked when the answer was lost or the server does not know, and is not after a refusal", () => {
  expect([new Unreachable(), refusedWith(500), refusedWith(503), refusedWith(504)].map(mayBeDone)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([null, refusedWith(409), refusedWith(422), refusedWith(429)].map(mayBeDone)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it("is sent again only while its key is certainly kept", () => {
  const request = { since: 1000 } as Request;
  expect(isSentAgain(request, 1000 + 299_999)).toBe(true);
  expect(isSentAgain(request, 1000 + 300_000)).toBe(false);
});

it("says of a booking sent without a network what happens next, and nothing that contradicts it", () => {
  const { title, detail } = unansweredInWords(new Unreachable(), true, true);
  expect(title).toBe("No answer to the booking: this device is offline");
  expect(detail).toBe("It is sent again by itself as soon as the network is back, and is booked only once.");
  expect(unansweredInWords(new Unreachable(), false, true).detail).toContain("Send it again when the network is back");
  expect(unansweredInWords(refusedWith(503), true, false).detail).toMatch(
    /^Some\. It may be booked already; it is sent again/,
  );
});

it("says which service is away, and not that a booking has to be sent again by hand", async () => {
  const killed = { type: "/problems/service-unreachable", title: "", status: 502, detail: "", service: "scheduling" };
  const { detail } = unansweredInWords(await problemOf(Response.json(killed, { status: 502 }), true), true, false);
  expect(detail).toMatch(/^Scheduling cannot be reached now\. It may be booked already; it is sent again/);
});
