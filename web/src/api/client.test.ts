import { afterEach, expect, it, vi } from "vitest";
import { http } from "./client";
import { Unreachable } from "./problem";

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
