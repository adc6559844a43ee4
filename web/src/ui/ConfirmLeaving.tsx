import { Text } from "@mantine/core";
import { type RefObject, use, useEffect, useState } from "react";
import { UNSAFE_NavigationContext as Navigation } from "react-router";
import { Confirm } from "./Confirm";
import { holdSteps } from "./leaving";

interface ConfirmLeavingProps {
  /** Whether leaving would lose something. */
  readonly when: boolean;
  /** Whether it has been sent meanwhile: what is sent may lead to another page before it is known here. */
  readonly isSent?: Readonly<RefObject<boolean>>;
  /** What is not saved, in a sentence. */
  readonly children: string;
}

/**
 * Asks before another page, another site or the end of the tab takes what is not saved.
 *
 * React Router's own `useBlocker` works only with its data routers, whose address changes later than a page here may read it.
 */
export function ConfirmLeaving({ when, isSent, children }: ConfirmLeavingProps) {
  const { navigator } = use(Navigation);
  const [leave, setLeave] = useState<(() => void) | null>(null);

  useEffect(() => {
    if (!when) {
      return;
    }
    const letGo = holdSteps(navigator, {
      isNeeded: () => !isSent?.current,
      confirm: (step) => setLeave(() => step),
    });
    const closeTab = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", closeTab);
    return () => {
      letGo();
      window.removeEventListener("beforeunload", closeTab);
    };
  }, [when, isSent, navigator]);

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
        stay();
        leave();
      }}
    >
      <Text size="sm">{children}</Text>
    </Confirm>
  ) : null;
}
