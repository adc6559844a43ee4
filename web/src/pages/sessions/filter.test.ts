import { expect, test } from "vitest";
import { filterOf, wantedOf } from "./filter";

const ZONE = "America/New_York";
const NOW = "2026-03-04T15:00:00Z";
const queryOf = (query: string) => wantedOf(filterOf(new URLSearchParams(query), ZONE), "site", ZONE, NOW);

test("a day is the site's day, also when its clocks are set", () => {
  expect(queryOf("from=2026-03-08")).toEqual({
    from: "2026-03-08T05:00:00Z",
    to: "2026-03-09T04:00:00Z",
    site_id: "site",
  });
});

test("a week is one of the site: from Sunday on in New York", () => {
  expect(queryOf("period=week&from=2026-03-05")).toMatchObject({
    from: "2026-03-01T05:00:00Z",
    to: "2026-03-08T05:00:00Z",
  });
});

test("both days of a range are in it, and one that ends before it begins is one day", () => {
  expect(queryOf("period=range&from=2026-03-02&to=2026-03-03").to).toBe("2026-03-04T05:00:00Z");
  expect(queryOf("period=range&from=2026-03-02&to=2026-02-01").to).toBe("2026-03-03T05:00:00Z");
});

test("a client is looked for at every site, from today on", () => {
  const wanted = queryOf("client=jonas");
  expect(wanted).toMatchObject({ client_id: "jonas" });
  expect(wanted.site_id).toBeUndefined();
  expect(wanted.to).toBeUndefined();
});

test("what is to be completed is booked and has begun, whatever status was chosen before", () => {
  expect(queryOf("period=open&status=cancelled")).toMatchObject({ status: ["booked"], to: NOW });
});

test("nonsense in the address asks for nothing", () => {
  expect(queryOf("from=yesterday&status=lost,booked&period=era")).toMatchObject({
    status: ["booked"],
    site_id: "site",
  });
});
