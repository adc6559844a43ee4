// The second click of a double click on a button that closes its dialog would go to whatever lies below the dialog, and on a button that sends a
// change it would send it again as soon as the first is answered.

import type { QueryClient } from "@tanstack/react-query";

/** As long as a double click may take. */
const DOUBLE_CLICK_MS = 500;
/** As far as the pointer may move between two clicks of one double click. */
const NEAR_PX = 6;

interface Click {
  readonly at: number;
  /** The same in milliseconds since 1970. */
  readonly moment: number;
  readonly x: number;
  readonly y: number;
  /** The dialog that was clicked in. */
  readonly dialog: Element | null;
}

/** Keep the second click of a double click from everything where the first closed its dialog or sent a change. Returns what ends that. */
export function ignoreSecondClicks(queries: QueryClient): () => void {
  let last: Click | null = null;

  function follow(event: MouseEvent): void {
    // Neither a key nor a program clicks at a place.
    if (event.clientX === 0 && event.clientY === 0) {
      return;
    }
    if (last && isSecond(event, last) && (isClosed(last) || hasSent(queries, last))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (event.type === "click") {
      const dialog = event.target instanceof Element ? event.target.closest('[role="dialog"]') : null;
      last = { at: event.timeStamp, moment: Date.now(), x: event.clientX, y: event.clientY, dialog };
    }
  }

  /** Who typed something in between did not click twice. */
  function forget(): void {
    last = null;
  }

  addEventListener("input", forget, true);
  const kinds = ["pointerdown", "mousedown", "click"] as const;
  for (const kind of kinds) {
    addEventListener(kind, follow, true);
  }
  return () => {
    removeEventListener("input", forget, true);
    for (const kind of kinds) {
      removeEventListener(kind, follow, true);
    }
  };
}

/** Whether this belongs to a double click. */
function isSecond(event: MouseEvent, { at, x, y }: Click): boolean {
  return (
    event.timeStamp - at < DOUBLE_CLICK_MS &&
    Math.abs(event.clientX - x) < NEAR_PX &&
    Math.abs(event.clientY - y) < NEAR_PX
  );
}

function isClosed({ dialog }: Click): boolean {
  return dialog !== null && !dialog.isConnected;
}

/** Whether a change was sent since the click, answered or not. */
function hasSent(queries: QueryClient, { moment }: Click): boolean {
  return queries
    .getMutationCache()
    .getAll()
    .some(({ state }) => state.submittedAt >= moment);
}
