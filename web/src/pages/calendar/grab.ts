// Where an entry that is dragged begins: the grid takes the pointer for the beginning, people take hold of an entry anywhere.
import { useCallback } from "react";
import type { Wall } from "@/time";

/** Along which the grid has its time. */
export type Axis = "x" | "y";

type Box = Pick<DOMRect, "left" | "top" | "width" | "height">;
type Point = Pick<MouseEvent, "clientX" | "clientY">;

const MINUTES_OF_AN_HOUR = 60;

/** How far from its beginning an entry is taken hold of, in pixels along the time. */
export function grabOf(point: Point, box: Box, axis: Axis): number {
  const [distance, length] =
    axis === "x" ? [point.clientX - box.left, box.width] : [point.clientY - box.top, box.height];
  return Math.min(Math.max(distance, 0), length);
}

/** The point at which a dragged entry begins, where it was taken hold of so far from its beginning. */
export function beginningOf(point: Point, grab: number, axis: Axis): number {
  return (axis === "x" ? point.clientX : point.clientY) - grab;
}

/** When a dropped entry begins: on the grid, or at its own time of day where it was moved by less than a step of the grid. */
export function droppedAt(before: Wall, dropped: Wall, stepMinutes: number): Wall {
  const isUnmoved = Math.abs(minuteOf(dropped) - minuteOf(before)) < stepMinutes;
  return isUnmoved ? `${dropped.slice(0, 10)}${before.slice(10)}` : dropped;
}

function minuteOf(wall: Wall): number {
  return Number(wall.slice(11, 13)) * MINUTES_OF_AN_HOUR + Number(wall.slice(14, 16));
}

/**
 * For the element of a grid: while one of its entries is dragged, the grid's own handlers find the entry's beginning where
 * they look for the pointer. The listeners are the element's own, between what scrolls inside of it and React's at the root.
 */
export function useGrab(axis: Axis): (grid: HTMLElement | null) => () => void {
  return useCallback(
    (grid) => {
      let grab = 0;
      const take = (event: DragEvent) => {
        const entry = event.target instanceof Element ? event.target.closest("[draggable=true]") : null;
        grab = entry ? grabOf(event, entry.getBoundingClientRect(), axis) : 0;
      };
      const shift = (event: DragEvent) => {
        const value = beginningOf(event, grab, axis);
        Object.defineProperty(event, axis === "x" ? "clientX" : "clientY", { value });
      };
      const letGo = () => {
        grab = 0;
      };
      const left = new AbortController();
      const { signal } = left;
      grid?.addEventListener("dragstart", take, { signal });
      grid?.addEventListener("dragover", shift, { signal });
      grid?.addEventListener("drop", shift, { signal });
      grid?.addEventListener("dragend", letGo, { signal });
      return () => left.abort();
    },
    [axis],
  );
}
