import { Text } from "@mantine/core";
import { use, useEffect, useState } from "react";
import { UNSAFE_NavigationContext as Navigation } from "react-router";
import { Confirm } from "./Confirm";
import { holdSteps } from "./leaving";

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

  useEffect(() => {
    if (!when) {
      return;
    }
    const letGo = holdSteps(navigator, (step) => setLeave(() => step));
    const closeTab = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", closeTab);
    return () => {
      letGo();
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
        stay();
        leave();
      }}
    >
      <Text size="sm">{children}</Text>
    </Confirm>
  ) : null;
}
