import { expect, test } from "vitest";
import { askedBy, wantedOf } from "./asked";

const ZONE = "America/New_York";
const NOW = "2026-03-04T15:00:00Z";
const asking = (query: string) => wantedOf(askedBy(new URLSearchParams(query), ZONE), "site", ZONE, NOW);

test("a day is the site's day, also when its clocks are set", () => {
  expect(asking("from=2026-03-08")).toEqual({
    from: "2026-03-08T05:00:00Z",
    to: "2026-03-09T04:00:00Z",
    site_id: "site",
  });
});

test("a week is one of the site: from Sunday on in New York", () => {
  expect(asking("period=week&from=2026-03-05")).toMatchObject({
    from: "2026-03-01T05:00:00Z",
    to: "2026-03-08T05:00:00Z",
  });
});

test("both days of a range are in it, and one that ends before it begins is one day", () => {
  expect(asking("period=range&from=2026-03-02&to=2026-03-03").to).toBe("2026-03-04T05:00:00Z");
  expect(asking("period=range&from=2026-03-02&to=2026-02-01").to).toBe("2026-03-03T05:00:00Z");
});

test("a client is looked for at every site, from today on", () => {
  const wanted = asking("client=jonas");
  expect(wanted).toMatchObject({ client_id: "jonas" });
  expect(wanted.site_id).toBeUndefined();
  expect(wanted.to).toBeUndefined();
});

test("what is to be completed is booked and has begun, whatever status was chosen before", () => {
  expect(asking("period=open&status=cancelled")).toMatchObject({ status: ["booked"], to: NOW });
});

test("nonsense in the address asks for nothing", () => {
  expect(asking("from=yesterday&status=lost,booked&period=era")).toMatchObject({ status: ["booked"], site_id: "site" });
});
