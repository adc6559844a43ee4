// Every dialog and drawer of the front has a component test: a `describe` of its name beside it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SOURCES = fileURLToPath(new URL("..", import.meta.url));
const FRAME = /<(?:FormDrawer|ReplanDrawer|Confirm|Modal|Drawer|Spotlight\.Root)\b/g;
const COMPONENT = /^(?:export )?function (\w+)/gm;
const TESTED = /\bdescribe\("(\w+)"/g;

interface Dialog {
  readonly folder: string;
  readonly name: string;
}

/** Whatever is drawn in one of the frames of dialogs, by the component that draws it; the frames themselves are in `ui/`. */
function dialogs(): Dialog[] {
  return files()
    .filter((file) => file.endsWith(".tsx") && !file.endsWith(".test.tsx") && !file.startsWith("ui/"))
    .flatMap((file) => {
      const source = read(file);
      const components = [...source.matchAll(COMPONENT)];
      return [...source.matchAll(FRAME)].map(({ index }) => ({
        folder: dirname(file),
        name: components.findLast((component) => component.index < index)?.[1] ?? file,
      }));
    });
}

/** Those of which the tests in a folder and above it speak. */
function tested(folder: string): Set<string> {
  const beside = files().filter((file) => file.endsWith(".test.tsx") && folder.startsWith(dirname(file)));
  return new Set(beside.flatMap((file) => [...read(file).matchAll(TESTED)].map(([, name]) => name ?? "")));
}

function files(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
}

function read(file: string): string {
  return readFileSync(join(SOURCES, file), "utf8");
}

it("finds the dialogs", () => {
  expect(dialogs().length).toBeGreaterThan(50);
});

it("has a component test for each of them", () => {
  const untested = dialogs().filter(({ folder, name }) => !tested(folder).has(name));
  expect(untested.map(({ folder, name }) => `${folder}: ${name}`)).toEqual([]);
});
