import { expect, it } from "vitest";
import {
  type BookingRequest,
  beginRequest,
  bodyOf,
  missing,
  noTimeIn,
  placesOf,
  readRequest,
  ruleOf,
  seriesInWords,
  writeRequest,
} from "./bookingRequest";

const NEW_YORK = "America/New_York";
const WANTED: BookingRequest = {
  clientId: "c",
  others: [],
  therapistId: "t",
  serviceId: "s",
  day: "2026-03-09",
  time: "09:00",
  second: false,
  roomId: null,
  capacity: null,
  equipment: [],
  insurance: false,
  modality: "in_person",
  notes: " ",
  backdated: false,
  override: "",
  repeats: null,
  choices: {},
  besideSeries: null,
  inPlaceOf: null,
};
const BODY = {
  client_id: "c",
  therapist_id: "t",
  service_id: "s",
  site_id: "x",
  insurance_applicable: false,
  modality: "in_person",
};

it("asks for the moment that the site's clock means, and for no duration", () => {
  expect(bodyOf(WANTED, "x", NEW_YORK)).toEqual({ ...BODY, starts_at: "2026-03-09T13:00:00Z" });
});

it("asks for one room, or for what any room must have, never both", () => {
  const needs = { ...WANTED, capacity: 3, equipment: ["video"] };
  expect(bodyOf(needs, "x", NEW_YORK)).toMatchObject({ room_requirements: { capacity: 3, equipment: ["video"] } });
  expect(bodyOf({ ...needs, roomId: "r" }, "x", NEW_YORK)).not.toHaveProperty("room_requirements");
});

it("knows which of two half past ones is meant, and that there may be none", () => {
  const night = { ...WANTED, day: "2026-11-01", time: "01:30" };
  expect(bodyOf(night, "x", NEW_YORK)?.starts_at).toBe("2026-11-01T05:30:00Z");
  expect(bodyOf({ ...night, second: true }, "x", NEW_YORK)?.starts_at).toBe("2026-11-01T06:30:00Z");
  expect(bodyOf({ ...WANTED, day: "2026-03-08", time: "02:30" }, "x", NEW_YORK)).toBeNull();
});

it("says what is missing", () => {
  expect(missing({ ...WANTED, clientId: null, time: "" }, NEW_YORK)).toEqual(["a client", "a time"]);
  expect(missing(WANTED, NEW_YORK)).toEqual([]);
  expect(missing(WANTED, NEW_YORK, 2)).toEqual(["another client"]);
  expect(missing(WANTED, NEW_YORK, 4)).toEqual(["3 other clients"]);
  expect(missing({ ...WANTED, others: ["d"] }, NEW_YORK, 2)).toEqual([]);
});

it("asks for nothing while a field cannot be read, and says which", () => {
  expect(bodyOf(WANTED, "x", NEW_YORK, ["seats"])).toBeNull();
  expect(missing(WANTED, NEW_YORK, 1, ["seats"])).toEqual(["a number of seats"]);
  expect(missing({ ...WANTED, time: "" }, NEW_YORK, 1, ["sessions", "day"])).toEqual([
    "a day",
    "a time",
    "a number of sessions",
  ]);
});

it("repeats by the rule that everybody knows", () => {
  expect(ruleOf({ every: "fortnight", times: 6, mode: "best_effort" })).toBe("FREQ=WEEKLY;INTERVAL=2;COUNT=6");
});

it.each([
  ["best_effort", 8, 0, "Book 8 sessions", null],
  ["best_effort", 6, 2, "Book 6 of 8 sessions", null],
  ["best_effort", 0, 8, "Book 8 sessions", "Would be refused: no date is available"],
  [
    "all_or_nothing",
    7,
    1,
    "Book 8 sessions",
    "Would be refused: 1 date is not available. Choose another time for it or leave it out",
  ],
] as const)(
  "says of a series that is booked as %s, with %i dates free and %i not, how many it books",
  (mode, bookable, with_problems, button, refusal) => {
    const repeats = { every: "week", times: 8, mode } as const;
    const nothing = { placed: 0, left: 0, gone: 0 };
    expect(seriesInWords(repeats, { bookable, with_problems }, nothing)).toEqual({ button, refusal });
  },
);

it.each([
  ["best_effort", { placed: 2, left: 0, gone: 0 }, "Book 8 sessions", null],
  ["best_effort", { placed: 1, left: 0, gone: 0 }, "Book 7 of 8 sessions", null],
  ["all_or_nothing", { placed: 1, left: 1, gone: 0 }, "Book 7 of 8 sessions", null],
  [
    "all_or_nothing",
    { placed: 1, left: 0, gone: 0 },
    "Book 8 sessions",
    "Would be refused: 1 date is not available. Choose another time for it or leave it out",
  ],
  [
    "best_effort",
    { placed: 1, left: 0, gone: 1 },
    "Book 8 sessions",
    "Choose again: a chosen time is not offered any more",
  ],
] as const)(
  "says of a series that is booked as %s, with 2 of 8 dates not available and %o, how many it books",
  (mode, resolved, button, refusal) => {
    const repeats = { every: "week", times: 8, mode } as const;
    expect(seriesInWords(repeats, { bookable: 6, with_problems: 2 }, resolved)).toEqual({ button, refusal });
  },
);

it("asks for every client of a couple, and for a room that takes them and the therapist", () => {
  const couple = { ...WANTED, others: ["d"] };
  expect(bodyOf(couple, "x", NEW_YORK)).toMatchObject({ client_id: "c", other_client_ids: ["d"] });
  expect([placesOf(WANTED), placesOf(couple), placesOf({ ...couple, capacity: 8 })]).toEqual([null, 3, 8]);
});

it("stands in the address, whole but for the notes and choices, and is read from it as it was", () => {
  const full: BookingRequest = {
    ...WANTED,
    others: ["d", "e"],
    second: true,
    roomId: "r",
    capacity: 4,
    equipment: ["video", "whiteboard"],
    insurance: true,
    modality: "audio",
    notes: "",
    backdated: true,
    repeats: { every: "fortnight", times: 6, mode: "all_or_nothing" },
    besideSeries: "f",
    inPlaceOf: "2026-03-09T14:00:00Z",
  };
  const address = writeRequest(new URLSearchParams("site=x"), { ...full, notes: "not in an address" }, "2026-03-01");
  expect(address.get("site")).toBe("x");
  expect(address.toString()).not.toContain("not+in");
  expect(readRequest(address, "2026-03-01")).toEqual(full);
  expect(writeRequest(address, { ...WANTED, notes: "" }, "2026-03-01").getAll("equipment")).toEqual([]);
});

it("goes on with what was left, unless the address names somebody else", () => {
  const query = writeRequest(new URLSearchParams(), WANTED, "2026-03-01").toString();
  const left = { query, notes: "Call first", override: "", choices: { "2026-03-16T13:00:00Z": "leave" as const } };
  const kept = { notes: "Call first", choices: left.choices };
  const begin = (address: string) => beginRequest(new URLSearchParams(address), left, "2026-03-01");
  expect(begin("site=x")).toEqual({ ...WANTED, ...kept });
  expect(begin("site=x&day=2026-03-10&time=11:00&room=r")).toEqual({
    ...WANTED,
    day: "2026-03-10",
    time: "11:00",
    roomId: "r",
    ...kept,
  });
  expect(begin("client=other")).toMatchObject({
    clientId: "other",
    therapistId: null,
    time: "",
    notes: "",
    choices: {},
  });
  expect(begin(query)).toMatchObject(kept);
});

it("leaves out a time of the address that is none, and names it", () => {
  const read = (query: string) => {
    const address = new URLSearchParams(query);
    return [readRequest(address, "2026-03-05").time, noTimeIn(address)];
  };
  expect(read("time=99")).toEqual(["", "99"]);
  expect(read("time=9:30")).toEqual(["09:30", null]);
  expect(read("")).toEqual(["", null]);
});

it("keeps the numbers of an address as they are, to be judged in their fields", () => {
  const { capacity, repeats } = readRequest(new URLSearchParams("places=0&every=week&times=999"), "2026-03-05");
  expect([capacity, repeats?.times]).toEqual([0, 999]);
});
