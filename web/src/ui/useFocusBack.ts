// A dialog that is rendered only while it is open: when it is gone, the keyboard goes on where it was.
import { useEffect, useState } from "react";

/** Give the focus back to what had it before, unless something else has it by then. */
export function useFocusBack(): void {
  const [before] = useState(opener);
  useEffect(
    () => () => {
      // Once the dialog is out of the page.
      window.setTimeout(() => {
        if (document.activeElement === document.body && before?.isConnected) {
          before.focus({ preventScroll: true });
        }
      });
    },
    [before],
  );
}

/** Give the focus to the heading of the page, unless something has it. */
export function focusHeading(): void {
  if (document.activeElement === document.body) {
    document.querySelector<HTMLElement>('h1[tabindex="-1"]')?.focus({ preventScroll: true });
  }
}

/** Give the focus to the button that sends the form of this element, which will be gone. */
export function focusSubmit(element: HTMLElement): void {
  element.closest("form")?.querySelector<HTMLElement>("button[type=submit]")?.focus({ preventScroll: true });
}

/** What has the focus now; a menu's entry will be gone, its button stays. */
function opener(): HTMLElement | null {
  const focused = document.activeElement;
  const menu = focused?.closest('[role="menu"]');
  const button = menu ? document.querySelector(`[aria-controls="${menu.id}"]`) : focused;
  return button instanceof HTMLElement ? button : null;
}
