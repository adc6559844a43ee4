// Steps to another page, held back while somebody is asked about what is not saved.
import type { Navigator } from "react-router";

interface Hold {
  /** Where the page is in the browser's history. */
  readonly here: number;
  /** Whether there is still something to lose. */
  readonly isNeeded: () => boolean;
  /** Called with what takes the step after all. */
  readonly confirm: (leave: () => void) => void;
}

const holds = new Set<Hold>();
const guarded = new WeakSet<Navigator>();

/**
 * To be called before the router starts: the browser calls a window's listeners in the order in which they were added, and the router's
 * takes the step.
 */
export function guardHistory(): void {
  window.addEventListener("popstate", holdBack, { capture: true });
}

/** Ask before the router takes a step, until the function that is returned is called or somebody leaves. */
export function holdSteps(navigator: Navigator, { isNeeded, confirm }: Omit<Hold, "here">): () => void {
  guardPushes(navigator);
  const hold = { here: placeOf(window.history.state), isNeeded, confirm };
  holds.add(hold);
  return () => void holds.delete(hold);
}

/** The latest decides first: a dialog before the page below it. */
function latest(): Hold | undefined {
  return [...holds].filter(({ isNeeded }) => isNeeded()).at(-1);
}

function confirmFirst(hold: Hold, leave: () => void): void {
  hold.confirm(() => {
    holds.clear();
    leave();
  });
}

function guardPushes(navigator: Navigator): void {
  if (guarded.has(navigator)) {
    return;
  }
  guarded.add(navigator);
  const push = navigator.push;
  navigator.push = (...step) => {
    const hold = latest();
    if (hold) {
      confirmFirst(hold, () => push(...step));
    } else {
      push(...step);
    }
  };
}

function holdBack(event: PopStateEvent): void {
  const hold = latest();
  if (!hold) {
    return;
  }
  event.stopImmediatePropagation();
  const steps = placeOf(event.state) - hold.here;
  if (steps !== 0) {
    window.history.go(-steps);
    confirmFirst(hold, () => window.history.go(steps));
  }
}

/** Where the router keeps the place of an entry in the browser's history. */
function placeOf(state: unknown): number {
  return (state as { idx?: number } | null)?.idx ?? 0;
}
