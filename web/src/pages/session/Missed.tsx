import { Text } from "@mantine/core";
import { Ask, Money, Shown, tell } from "@/parts";
import { togetherInWords } from "@/people/names";
import { useStep } from "@/sessions/steps";
import type { ActingOn } from "./Actions";
import { useTerms } from "./useTerms";

/** Nobody came: says what that costs before it is written down. */
export function Missed({ session, zone, clients, onClose }: ActingOn & { onClose: () => void }) {
  const step = useStep(session.id);
  const terms = useTerms(session, zone);
  const who = togetherInWords(clients.map(({ name }) => name));
  return (
    <Ask
      opened
      grave
      title={`${who} did not come?`}
      doIt="Nobody came"
      onClose={onClose}
      onDo={() =>
        step.mutate(
          { step: "no-show" },
          {
            onSuccess: () => {
              onClose();
              tell.done("Written down: nobody came.");
            },
          },
        )
      }
      busy={step.isPending}
      error={step.error}
    >
      <Shown query={terms}>
        {({ missedFee }) => (
          <Text size="sm">
            {missedFee ? (
              <>
                The client is charged <Money amount={missedFee} fw={650} />
                {clients.length > 1 && ` (each of ${clients.length})`}, which no insurance pays.
              </>
            ) : (
              "The catalog has no fee for a missed session, so that nothing is charged."
            )}{" "}
            This cannot be taken back here.
          </Text>
        )}
      </Shown>
      {clients.length > 1 && (
        <Text size="sm" c="dimmed">
          If some of the group came, complete the session and say who.
        </Text>
      )}
    </Ask>
  );
}
