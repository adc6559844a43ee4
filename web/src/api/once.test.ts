import createClient from "openapi-fetch";
import { describe, expect, it } from "vitest";
import { idempotentSends } from "./once";

interface Paths {
  "/clients/check": Pick<Paths["/clients"], "post">;
  "/clients": {
    get: { responses: { 200: { content: { "application/json": unknown } } } };
    post: {
      requestBody: { content: { "application/json": { name: string } } };
      responses: { 201: { content: { "application/json": unknown } } };
    };
  };
}

type Tab = Pick<Storage, "getItem" | "setItem">;

/** What a browser's tab keeps. */
function emptyTab(): Tab {
  const kept = new Map<string, string>();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
}

/** A client whose requests get these answers one after the other; null is a lost answer. */
function connect(answers: (number | null)[], clock?: () => number, tab: Tab = emptyTab()) {
  const keys: (string | null)[] = [];
  const http = createClient<Paths>({
    baseUrl: "http://desk.test",
    fetch: async (request) => {
      keys.push(request.headers.get("idempotency-key"));
      const status = answers.shift();
      if (status === null || status === undefined) {
        throw new TypeError("the connection was lost");
      }
      return Response.json({}, { status });
    },
  });
  const sends = idempotentSends(clock, tab);
  http.use(sends);
  const send = (name: string) => http.POST("/clients", { body: { name } }).catch(() => undefined);
  return { http, keys, send, discard: sends.discard };
}

describe("a question", () => {
  it("has no key, since it changes nothing", async () => {
    const { http, keys } = connect([200, 200]);
    await http.POST("/clients/check", { body: { name: "Jonas Weber" } });
    await http.GET("/clients");
    expect(keys).toEqual([null, null]);
  });
});

describe("a request that changes something", () => {
  it.each([null, 500, 503, 504, 429])("keeps its key when it is sent again after %s", async (answer) => {
    const { keys, send } = connect([answer, 201]);
    await send("Jonas Weber");
    await send("Jonas Weber");
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it("keeps its key when the page is read again before the answer, and has another one after the answer", async () => {
    const tab = emptyTab();
    const before = connect([null], Date.now, tab);
    await before.send("Jonas Weber");
    const after = connect([201, 201], Date.now, tab);
    await after.send("Jonas Weber");
    const later = connect([201], Date.now, tab);
    await later.send("Jonas Weber");
    expect(after.keys[0]).toBe(before.keys[0]);
    expect(later.keys[0]).not.toBe(before.keys[0]);
  });

  it("has another key once its form was discarded, and only what that form sent", async () => {
    let now = 0;
    const { keys, send, discard } = connect([null, null, 201, 201], () => now);
    await send("Ada Weber");
    now = 1;
    await send("Jonas Weber");
    discard(1);
    await send("Jonas Weber");
    await send("Ada Weber");
    expect(keys[2]).not.toBe(keys[1]);
    expect(keys[3]).toBe(keys[0]);
  });

  it.each([201, 202, 409, 422])("has another key when it is sent again after the answer %s", async (answer) => {
    const { keys, send } = connect([answer, 201]);
    await send("Jonas Weber");
    await send("Jonas Weber");
    expect(keys[1]).not.toBe(keys[0]);
  });

  it("has another key when its body changed after a lost answer, and the first one when it is changed back", async () => {
    const { keys, send } = connect([null, null, 201]);
    await send("Jonas Weber");
    await send("Jonas Webber");
    await send("Jonas Weber");
    expect(keys[1]).not.toBe(keys[0]);
    expect(keys[2]).toBe(keys[0]);
  });

  it("shares its key with the same request that is under way", async () => {
    const { keys, send } = connect([201, 201]);
    await Promise.all([send("Jonas Weber"), send("Jonas Weber")]);
    expect(keys[1]).toBe(keys[0]);
  });

  it("has another key long after a lost answer", async () => {
    let now = 0;
    const { keys, send } = connect([null, 201], () => now);
    await send("Jonas Weber");
    now = 601_000;
    await send("Jonas Weber");
    expect(keys[1]).not.toBe(keys[0]);
  });

  it("is the only kind of request that has a key", async () => {
    const { http, keys } = connect([200]);
    await http.GET("/clients");
    expect(keys).toEqual([null]);
  });
});
