import { afterEach, expect, it, vi } from "vitest";
import { http } from "./client";
import { Problem, Unreachable } from "./problem";

const SITES = "http://desk.test/api/rooms/sites";

afterEach(() => vi.unstubAllGlobals());

it("says that a service cannot be reached where its answer breaks off half-way", async () => {
  const broken = new ReadableStream({
    start: (stream) => {
      stream.enqueue(new TextEncoder().encode('{"items": ['));
      stream.error(new TypeError("Failed to fetch"));
    },
  });
  vi.stubGlobal("fetch", async () => new Response(broken, { headers: { "content-type": "application/json" } }));
  await expect(http.GET("/api/rooms/sites", { baseUrl: new URL(SITES).origin })).rejects.toBeInstanceOf(Unreachable);
});

/** What the front answers in the place of a service that was killed. */
const KILLED = {
  type: "/problems/service-unreachable",
  title: "Service unreachable",
  status: 502,
  detail: "The service rooms cannot be reached, or went away before it answered. It is not known whether it did it.",
  service: "rooms",
};

/** A service that lost its database in the middle of a commit. */
const UNKNOWN = {
  type: "/problems/unavailable",
  title: "Unavailable",
  status: 503,
  detail: "It is saved or it is not. Look before you try again, or repeat it with the same Idempotency-Key.",
};

const baseUrl = new URL(SITES).origin;
const site = { site_name: "Harbor Street", time_zone: "America/New_York", opening_hours: {} };

it.each([KILLED, UNKNOWN])(
  "says at a desk that what was entered is kept and may be saved again: $type",
  async (body) => {
    vi.stubGlobal("fetch", async () => Response.json(body, { status: body.status }));
    const problem: Problem = await http.POST("/api/rooms/sites", { baseUrl, body: site }).catch((error) => error);
    expect(problem.title).toContain("cannot be reached now");
    expect(problem.detail).toMatch(/Nothing that you entered is lost: save it again in a moment/);
    expect(`${problem.title} ${problem.detail}`).not.toMatch(/Idempotency|not known/);
  },
);

it("says of what was only asked for that it may be asked for again", async () => {
  vi.stubGlobal("fetch", async () => Response.json(KILLED, { status: 502 }));
  const problem: Problem = await http.GET("/api/rooms/sites", { baseUrl }).catch((error) => error);
  expect([problem.title, problem.detail]).toEqual(["Rooms cannot be reached now", "Try again in a moment."]);
});

it.each([
  [
    "stale-version",
    "You changed version 3, but version 4 is there now. Read it again, then decide.",
    "Somebody else changed this meanwhile",
    "Nothing was saved. Look at what it is now, then decide again.",
  ],
  [
    "impossible-step",
    "A completed session cannot be moved.",
    "Not possible now",
    "A completed session cannot be moved.",
  ],
])("says what %s is in the words of a desk", (code, detail, title, words) => {
  const problem = new Problem({ type: `/problems/${code}`, title: code, status: 409, detail, errors: [] });
  expect([problem.title, problem.detail, problem.message]).toEqual([title, words, words]);
});

it("keeps the key of a change that a page in between has answered", async () => {
  const keys: (string | null)[] = [];
  const answers = [
    new Response("<html>Sign in</html>", { headers: { "content-type": "text/html; charset=utf-8" } }),
    Response.json({}, { status: 201 }),
    Response.json({}, { status: 201 }),
  ];
  vi.stubGlobal("fetch", async (request: Request) => {
    keys.push(request.headers.get("idempotency-key"));
    return answers.shift();
  });
  const add = () => http.POST("/api/rooms/sites", { baseUrl, body: site });
  await expect(add()).rejects.toBeInstanceOf(Unreachable);
  await add();
  await add();
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[1]);
});
