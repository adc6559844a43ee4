import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { retryMs } from "./again";
import { Problem } from "./problem";

const SOURCES = fileURLToPath(new URL("..", import.meta.url));

function failed(status: number) {
  return { status: "error", error: new Problem({ type: "", title: "", status, detail: "", errors: [] }) };
}

function counted(text: string, part: RegExp): number {
  return text.match(part)?.length ?? 0;
}

it("sends again what failed and may pass, and neither a refusal nor what was answered", () => {
  expect([failed(503), failed(404), { status: "success", error: null }].map(retryMs)).toEqual([5_000, false, false]);
});

it("is by what every query is sent again that has an interval of its own", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const without = files.filter((file) => {
    const text = readFileSync(join(SOURCES, file), "utf8");
    return counted(text, /refetchInterval: \(/g) > counted(text, /retryMs\(state\)/g);
  });
  expect(without).toEqual([]);
});
