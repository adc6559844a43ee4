import { Text } from "@mantine/core";
import { useState } from "react";
import { Ask, Money, Shown, tell } from "@/parts";
import { useStep } from "@/sessions/steps";
import { Waive } from "@/sessions/Waive";
import type { ActingOn } from "./Actions";
import { useBilled } from "./useBilled";
import { useTerms } from "./useTerms";

/** Marks a session as a no-show, and shows the fee before. */
export function Missed({ session, zone, clients, onClose }: ActingOn & { onClose: () => void }) {
  const step = useStep(session.id);
  const terms = useTerms(session, zone);
  const billedClients = useBilled(session, session.service_id, session.client_ids);
  const [waiver, setWaiver] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const isCharged = Boolean(terms.data?.missedFee);

  function miss(): void {
    if (isCharged && waiver?.trim() === "") {
      setMissing(true);
      return;
    }
    step.mutate(
      { step: "no-show", waiver: isCharged ? (waiver?.trim() ?? null) : null },
      {
        onSuccess: () => {
          onClose();
          tell.done("Marked as no-show.");
        },
      },
    );
  }

  return (
    <Ask
      opened
      grave
      title="Mark as no-show?"
      doIt="Mark as no-show"
      onClose={onClose}
      onDo={miss}
      busy={step.isPending || (terms.isPending && !terms.failureReason)}
      error={step.error}
    >
      <Shown query={terms}>
        {({ missedFee }) => (
          <Text size="sm">
            {missedFee && waiver !== null ? (
              <>
                The fee of <Money amount={missedFee} fw={650} /> is waived: nothing is charged.
              </>
            ) : missedFee ? (
              <>
                The client is charged <Money amount={missedFee} fw={650} />
                {billedClients.length > 1 && ` (each of ${billedClients.length})`}, not covered by insurance.
              </>
            ) : (
              "The catalog has no no-show fee, so nothing is charged."
            )}
          </Text>
        )}
      </Shown>
      {isCharged && <Waive reason={waiver} onChange={setWaiver} isMissing={missing} />}
      {clients.length > 1 && (
        <Text size="sm" c="dimmed">
          If part of the group came, complete the session and choose who attended.
        </Text>
      )}
    </Ask>
  );
}
