import { Text } from "@mantine/core";
import { use, useEffect, useRef, useState } from "react";
import { UNSAFE_NavigationContext as Navigation } from "react-router";
import { Confirm } from "./Confirm";

interface ConfirmLeavingProps {
  /** Whether leaving would lose something. */
  readonly when: boolean;
  /** What is not saved, in a sentence. */
  readonly children: string;
}

/**
 * Asks before another page, another site or the end of the tab takes what is not saved.
 *
 * React Router's own `useBlocker` works only with its data routers, whose address changes later than a page here may read it.
 */
export function ConfirmLeaving({ when, children }: ConfirmLeavingProps) {
  const { navigator } = use(Navigation);
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const isFree = useRef(false);

  useEffect(() => {
    if (!when) {
      return;
    }
    isFree.current = false;
    const here = placeOf(window.history.state);
    const push = navigator.push;
    navigator.push = (...step) => {
      if (isFree.current) {
        push(...step);
      } else {
        setLeave(() => () => push(...step));
      }
    };
    const goBack = (event: PopStateEvent) => {
      if (isFree.current) {
        return;
      }
      // Before the router takes notice of it.
      event.stopImmediatePropagation();
      const steps = placeOf(event.state) - here;
      if (steps !== 0) {
        navigator.go(-steps);
        setLeave(() => () => navigator.go(steps));
      }
    };
    const closeTab = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("popstate", goBack, { capture: true });
    window.addEventListener("beforeunload", closeTab);
    return () => {
      navigator.push = push;
      window.removeEventListener("popstate", goBack, { capture: true });
      window.removeEventListener("beforeunload", closeTab);
    };
  }, [when, navigator]);

  const stay = () => setLeave(null);
  return leave ? (
    <Confirm
      opened
      title="Leave without saving?"
      onClose={stay}
      dismiss="Stay"
      submitLabel="Discard and leave"
      grave
      onSubmit={() => {
        isFree.current = true;
        stay();
        leave();
      }}
    >
      <Text size="sm">{children}</Text>
    </Confirm>
  ) : null;
}

/** Where the router keeps the place of an entry in the browser's history. */
function placeOf(state: unknown): number {
  return (state as { idx?: number } | null)?.idx ?? 0;
}
