import { Alert, Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Ask, Money, Shown, tell } from "@/parts";
import { useStep } from "@/sessions/steps";
import { useAt } from "@/site";
import { momentInWords, useNow } from "@/time";
import type { ActingOn } from "./Actions";
import { againAt } from "./again";
import { type Terms, useTerms } from "./useTerms";

const REASONS = [
  "The client is ill",
  "The client needs another time",
  "The client ends the treatment",
  "The therapist is away",
  "The room cannot be used",
  "Booked by mistake",
];
const LONGEST_REASON = 500;

/** Calls a session off, after saying what that costs. */
export function Cancel({ session, zone, clients, onClose }: ActingOn & { onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const step = useStep(session.id);
  const navigate = useNavigate();
  const at = useAt();
  // What is asked stays the question while it is being answered.
  const [isBooked] = useState(session.status === "booked");

  function cancel(): void {
    if (!reason.trim()) {
      setMissing(true);
      return;
    }
    step.mutate(
      { step: "cancel", reason: reason.trim() },
      {
        onSuccess: () => {
          onClose();
          tell.done("Cancelled. Its room and everybody's time are free again.", {
            name: "Book it again",
            onClick: () => void navigate(at(againAt(session, zone))),
          });
        },
      },
    );
  }

  return (
    <Ask
      opened
      grave
      title={isBooked ? "Cancel the session?" : "Give it up?"}
      doIt={isBooked ? "Cancel the session" : "Give it up"}
      onClose={onClose}
      onDo={cancel}
      busy={step.isPending}
      error={step.error}
    >
      {isBooked ? (
        <Price {...{ session, zone }} count={clients.length} />
      ) : (
        <Text size="sm">It was never booked, so that it costs nothing.</Text>
      )}
      <TextInput
        label="Why"
        description="The reason is kept with the session. Leave out what is private."
        withAsterisk
        data-autofocus
        autoComplete="off"
        maxLength={LONGEST_REASON}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={missing && !reason.trim() && "Whoever reads this later will want to know."}
      />
      <Group gap={6} role="group" aria-label="Usual reasons">
        {REASONS.map((usual) => (
          <Button key={usual} size="compact-sm" variant="default" onClick={() => setReason(usual)}>
            {usual}
          </Button>
        ))}
      </Group>
    </Ask>
  );
}

function Price({ session, zone, count }: Pick<ActingOn, "session" | "zone"> & { count: number }) {
  useNow();
  const terms = useTerms(session, zone);
  return <Shown query={terms}>{(found) => <Said terms={found} zone={zone} count={count} />}</Shown>;
}

function Said({ terms, zone, count }: { terms: Terms; zone: string; count: number }) {
  const { lateFee, lateFrom, isLate } = terms;
  const fee = lateFee && (
    <>
      <Money amount={lateFee} fw={650} />
      {count > 1 && ` for each of ${count} clients`}
    </>
  );
  if (isLate && lateFrom) {
    return (
      <Notice tone={fee ? "yellow" : "gray"}>
        This is a late cancellation: it was free of charge until {momentInWords(lateFrom, zone)}.{" "}
        {fee ? (
          <>It costs the client {fee}, which no insurance pays.</>
        ) : (
          "The catalog has no fee for it, so that it costs nothing."
        )}
      </Notice>
    );
  }
  return (
    <Notice tone="gray">
      {lateFrom
        ? `Cancelling now is free of charge. From ${momentInWords(lateFrom, zone)} on it is late`
        : "Billing does not know yet when a cancellation is late. A late one"}
      {fee ? <> and costs the client {fee}.</> : lateFrom ? ", which costs nothing either." : " costs nothing here."}
    </Notice>
  );
}

function Notice({ tone, children }: { tone: "yellow" | "gray"; children: React.ReactNode }) {
  return (
    <Alert color={tone} role="status" styles={{ message: { color: "var(--mantine-color-text)" } }}>
      {children}
    </Alert>
  );
}
