import { Button, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import type { Session } from "@/api";
import { useStep } from "@/features/sessions/steps";
import { OfferedTo } from "@/features/waitlist/offers";
import { timeInWords, useNow } from "@/time";
import { notify, ProblemNotice } from "@/ui";
import { cancelledNotice } from "./cancelled";

interface UndoProps {
  readonly session: Session;
  readonly zone: string;
  readonly onBegin: () => void;
}

/** Books a session again that was completed, marked as no-show or cancelled by mistake; offered for some minutes. */
export function Undo({ session, zone, onBegin }: UndoProps) {
  useNow(1);
  const step = useStep(session.id);
  const offer = session.slot_offer;

  // The button is gone once the session is booked again, and with it what waits for its mutation.
  function undo(): void {
    onBegin();
    step.mutateAsync({ step: "undo" }).then(
      ({ status }) => {
        if (status === "booked") {
          notify.forget(cancelledNotice(session.id));
          notify.done("Undone. The session is booked again.", { about: session.id });
        }
      },
      () => undefined, // shown by the notice
    );
  }

  return (
    <>
      <Text size="sm" c="dimmed">
        Can be undone until {timeInWords(session.undo_until ?? "", zone)}
      </Text>
      {offer && (
        <Text size="sm" role="status">
          <OfferedTo offer={offer} siteId={session.site_id} zone={zone} next="undo" />
        </Text>
      )}
      <Button
        variant="default"
        leftSection={<IconArrowBackUp size={17} aria-hidden />}
        loading={step.isPending}
        onClick={undo}
      >
        Undo
      </Button>
      {step.error && <ProblemNotice error={step.error} />}
    </>
  );
}
