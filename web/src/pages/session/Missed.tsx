import { Text } from "@mantine/core";
import { useState } from "react";
import { useStep } from "@/features/sessions/steps";
import { Waive } from "@/features/sessions/Waive";
import { Confirm, fieldErrors, Loaded, Money, notify, useMissing } from "@/ui";
import type { ActingOn } from "./acting";
import { useBilled } from "./useBilled";
import { useTerms } from "./useTerms";

/** Marks a session as a no-show, and shows the fee before. */
export function Missed({ session, zone, clients, onClose }: ActingOn & { onClose: () => void }) {
  const step = useStep(session.id);
  const terms = useTerms(session, zone);
  const billedClients = useBilled(session, session.service_id, session.client_ids);
  const [waiver, setWaiver] = useState<string | null>(null);
  const isCharged = Boolean(terms.data?.missedFee);

  const { errors, send } = useMissing(
    fieldErrors(step.error, []),
    { waiver: isCharged && waiver?.trim() === "" && "Enter a reason." },
    () =>
      step.mutate(
        { step: "no-show", waiver: isCharged ? (waiver?.trim() ?? null) : null },
        {
          onSuccess: () => {
            onClose();
            notify.done("Marked as no-show.", { about: session.id });
          },
        },
      ),
  );

  return (
    <Confirm
      opened
      grave
      title="Mark as no-show?"
      submitLabel="Mark as no-show"
      onClose={onClose}
      onSubmit={send}
      busy={step.isPending}
      waitsFor={terms.isPending && !terms.failureReason ? "Looking up the fee…" : undefined}
      errors={errors}
    >
      <Loaded query={terms}>
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
      </Loaded>
      {isCharged && <Waive reason={waiver} onChange={setWaiver} error={errors.at("waiver")} />}
      {clients.length > 1 && (
        <Text size="sm" c="dimmed">
          If part of the group came, complete the session and choose who attended.
        </Text>
      )}
    </Confirm>
  );
}
