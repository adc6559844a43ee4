import { describe, expect, it } from "vitest";
import { beginningOf, droppedAt, grabOf } from "./grab";

const ENTRY = { left: 400, top: 100, width: 96, height: 68 };
const STEP = 15;

describe("an entry that is dragged", () => {
  it("begins where it began when it is taken hold of anywhere and moved across the time", () => {
    for (const clientX of [400, 406, 425, 486, 496]) {
      const grab = grabOf({ clientX, clientY: 120 }, ENTRY, "x");
      expect(beginningOf({ clientX, clientY: 188 }, grab, "x")).toBe(ENTRY.left);
    }
  });

  it("begins as much later as the pointer went", () => {
    const grab = grabOf({ clientX: 425, clientY: 150 }, ENTRY, "x");
    expect(beginningOf({ clientX: 425 + 48, clientY: 150 }, grab, "x")).toBe(ENTRY.left + 48);
    const down = grabOf({ clientX: 425, clientY: 150 }, ENTRY, "y");
    expect(beginningOf({ clientX: 600, clientY: 150 + 24 }, down, "y")).toBe(ENTRY.top + 24);
  });

  it("is held within itself", () => {
    expect(grabOf({ clientX: 399, clientY: 0 }, ENTRY, "x")).toBe(0);
    expect(grabOf({ clientX: 500, clientY: 0 }, ENTRY, "x")).toBe(96);
  });
});

describe("an entry that is dropped", () => {
  it("keeps a time that is not on the grid, in another room and on another day", () => {
    expect(droppedAt("2026-03-09 10:10:00", "2026-03-09 10:15:00", STEP)).toBe("2026-03-09 10:10:00");
    expect(droppedAt("2026-03-09 10:10:00", "2026-03-11 10:00:00", STEP)).toBe("2026-03-11 10:10:00");
  });

  it("begins on the grid where it was moved in time", () => {
    expect(droppedAt("2026-03-09 10:10:00", "2026-03-09 10:30:00", STEP)).toBe("2026-03-09 10:30:00");
    expect(droppedAt("2026-03-09 10:00:00", "2026-03-09 10:15:00", STEP)).toBe("2026-03-09 10:15:00");
    expect(droppedAt("2026-03-09 10:00:00", "2026-03-10 09:45:00", STEP)).toBe("2026-03-10 09:45:00");
  });
});
