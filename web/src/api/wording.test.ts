import { beforeEach, expect, it } from "vitest";
import { followConventionsOf } from "@/time";
import { Problem } from "./problem";
import { inLocalWords, type NamedTime } from "./wording";

const PHOENIX = "America/Phoenix";
const span: NamedTime = {
  text: "Wed 2099-12-02 03:00-03:45 (America/Phoenix)",
  form: "span",
  time_zone: PHOENIX,
  starts_at: "2099-12-02T10:00:00Z",
  ends_at: "2099-12-02T10:45:00Z",
};
const hours: NamedTime = { text: "07:30-19:00", form: "hours", hours: [{ opens: "07:30", closes: "19:00" }] };
const closed = {
  field: "starts_at",
  code: "outside-opening-hours",
  message: `Desert Bloom is not open ${span.text}; open that day: 07:30-19:00.`,
  fix: `Desert Bloom is not open ${span.text}; open that day: 07:30-19:00.`,
  times: [span, hours],
};
const HERE = "Desert Bloom is not open Wed, Dec 2, 2099, 3:00 AM – 3:45 AM; open that day: 7:30 AM – 7:00 PM.";

beforeEach(() => {
  followConventionsOf(PHOENIX);
});

it("writes the days and times of a sentence as at the site", () => {
  expect(inLocalWords(closed).message).toBe(HERE);
  expect(inLocalWords(closed).fix).toBe(HERE);
  const at = { text: "13:00", form: "time", time_zone: PHOENIX, starts_at: "2099-12-02T20:00:00Z" } as const;
  const rest = { message: "A break then. Choose a time from 13:00 on.", fix: "Choose a time from 13:00 on." };
  expect(inLocalWords({ ...rest, times: [at] }).fix).toBe("Choose a time from 1:00 PM on.");
  const day = { text: "2099-12-02", form: "day", day: "2099-12-02" } as const;
  expect(inLocalWords({ message: "90837 has no rate on 2099-12-02.", times: [day] }).message).toBe(
    "90837 has no rate on Wed, Dec 2, 2099.",
  );
});

it("writes a day that stands alone as at the site, and leaves times, references and examples as they are", () => {
  const before = "The payment is dated 2099-12-01, before the service, which was on 2099-12-02; not 2099-13-02.";
  expect(inLocalWords({ message: before }).message).toBe(
    "The payment is dated Tue, Dec 1, 2099, before the service, which was on Wed, Dec 2, 2099; not 2099-13-02.",
  );
  for (const message of ["A day, such as 2099-12-02.", "From 2099-12-02T10:00:00Z.", "Claim A-2099-12-02 is open."]) {
    expect(inLocalWords({ message, fix: message })).toEqual({ message, fix: message });
  }
});

it("writes a refusal's errors and its detail so", () => {
  const detail = `${closed.message} The client has another session.`;
  const problem = new Problem({ type: "/problems/x", title: "X", status: 422, detail, errors: [closed] });
  expect(problem.errors[0]?.message).toBe(HERE);
  expect(problem.detail).toBe(`${HERE} The client has another session.`);
});

it("names the clients of a group who are in the way", () => {
  const busy = (id: string, name: string) => ({
    field: "other_client_ids",
    code: "client-busy",
    message: "The client has another session at that time. Choose another time.",
    fix: "Choose another time.",
    people: [{ text: "The client", id, name }],
  });
  const errors = [busy("1", "Jonas Weber"), busy("2", "Ana Quillon")];
  const detail = errors.map(({ message }) => message).join(" ");
  const problem = new Problem({ type: "/problems/client-busy", title: "Taken", status: 409, detail, errors });
  expect(problem.errors.map(({ message }) => message.split(" has")[0])).toEqual(["Jonas Weber", "Ana Quillon"]);
  expect(problem.detail).toMatch(/^Jonas Weber has .+ Ana Quillon has /);
});

it("leaves a sentence without them as it is", () => {
  const plain = { message: "There is no such client.", fix: null, times: null };
  expect(inLocalWords(plain)).toEqual(plain);
});
