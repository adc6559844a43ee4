// Single keys that do something, wherever nobody is typing; who dictates or types blind switches them off.
import { useLocalStorage } from "@mantine/hooks";
import { type KeyboardEvent as ReactKeyboardEvent, useEffect } from "react";

/** Whether single keys do anything, and how to change that. */
export function useKeySwitch() {
  return useLocalStorage({ key: "holdfast-shortcuts", defaultValue: true, getInitialValueInEffect: false });
}

/** Whether a key that is pressed there is text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Keep Enter from sending the form of a field; with Ctrl or Cmd it sends. True where the key was such an Enter. */
export function keepsFromSending(event: ReactKeyboardEvent): boolean {
  const isEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing;
  if (isEnter) {
    event.preventDefault();
  }
  return isEnter;
}

/** Do this when that key is pressed, while the page is there and no dialog is before it. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const [on] = useKeySwitch();
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialogOpen()) {
        return;
      }
      const does = keys[event.key];
      if (does) {
        event.preventDefault();
        does();
      }
    }
    if (!on) {
      return;
    }
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [on, keys]);
}

/** Whether a dialog is open, in which case the page takes no keys. */
export function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
