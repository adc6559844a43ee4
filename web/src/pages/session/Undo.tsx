import { Button, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import type { Session } from "@/api";
import { ProblemNotice, tell } from "@/parts";
import { useStep } from "@/sessions/steps";
import { timeInWords, useNow } from "@/time";

interface UndoProps {
  readonly session: Session;
  readonly zone: string;
}

/** Books a session again that was completed, marked as no-show or cancelled by mistake; offered for some minutes. */
export function Undo({ session, zone }: UndoProps) {
  useNow(1);
  const step = useStep(session.id);
  return (
    <>
      <Text size="sm" c="dimmed">
        Can be undone until {timeInWords(session.undo_until ?? "", zone)}
      </Text>
      <Button
        variant="default"
        leftSection={<IconArrowBackUp size={17} aria-hidden />}
        loading={step.isPending}
        onClick={() =>
          step.mutate(
            { step: "undo" },
            {
              onSuccess: ({ status }) => {
                if (status === "booked") {
                  tell.done("Undone. The session is booked again.");
                }
              },
            },
          )
        }
      >
        Undo
      </Button>
      {step.error && <ProblemNotice error={step.error} />}
    </>
  );
}
