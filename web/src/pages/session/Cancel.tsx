import { Alert, NativeSelect, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { CAUSES, causeOf } from "@/features/sessions/causes";
import { type Cause, useStep } from "@/features/sessions/steps";
import { Waive } from "@/features/sessions/Waive";
import { momentInWords, useNow } from "@/time";
import { Confirm, fieldErrors, Loaded, Money, notify, ReasonField, useAt, useMissing } from "@/ui";
import type { ActingOn } from "./acting";
import { againAt } from "./again";
import { notifyCancelled } from "./cancelled";
import { useBilled } from "./useBilled";
import { type Terms, useTerms } from "./useTerms";

const REASONS: readonly (readonly [string, Cause])[] = [
  ["The client is ill", "client"],
  ["The client needs another time", "client"],
  ["The client ends the treatment", "client"],
  ["The therapist is away", "therapist"],
  ["The room cannot be used", "clinic"],
  ["Booked by mistake", "clinic"],
];
const LONGEST_REASON = 500;

/** Calls a session off, after saying what that costs. */
export function Cancel({ session, zone, onClose }: ActingOn & { onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [cause, setCause] = useState<Cause>("client");
  const [waiver, setWaiver] = useState<string | null>(null);
  const terms = useTerms(session, zone);
  const step = useStep(session.id);
  const billedClients = useBilled(session, session.service_id, session.client_ids);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  // The terms that were shown stay while the session is being cancelled.
  const [isBooked] = useState(session.status === "booked");
  const isCharged = isBooked && cause === "client" && Boolean(terms.data?.isLate && terms.data.lateFee);

  // Nobody is charged what was not shown before; where it cannot be read, the page shows that and the session can be cancelled.
  const isFeeAwaited = isBooked && cause === "client" && terms.isPending && !terms.failureReason;

  const waived = isCharged ? waiver : null;
  const { errors, send } = useMissing(
    fieldErrors(step.error, ["reason"]),
    { reason: !reason.trim() && "Enter a reason.", waiver: waived?.trim() === "" && "Enter a reason." },
    () =>
      step.mutate(
        { step: "cancel", reason: reason.trim(), cause, waiver: waived?.trim() ?? null },
        {
          onSuccess: ({ undo_until }) => {
            onClose();
            if (undo_until) {
              notifyCancelled(session.id, queries);
            } else {
              notify.done(isBooked ? "The session is cancelled." : "The request is cancelled.", {
                name: "Book again",
                onClick: () => void navigate(at(againAt(session, zone))),
              });
            }
          },
        },
      ),
  );

  return (
    <Confirm
      opened
      grave
      title={isBooked ? "Cancel the session?" : "Cancel the request?"}
      submitLabel={isBooked ? "Cancel the session" : "Cancel the request"}
      dismiss={isBooked ? "Keep the session" : "Keep the request"}
      onClose={onClose}
      onSubmit={send}
      busy={step.isPending}
      waitsFor={isFeeAwaited ? "Looking up the fee…" : undefined}
      errors={errors}
    >
      {isBooked && (
        <NativeSelect
          label="Cancelled by"
          data={CAUSES.map((one) => ({ ...one }))}
          value={cause}
          onChange={(event) => setCause(causeOf(event.currentTarget.value))}
        />
      )}
      {isBooked ? (
        <Price {...{ session, zone, cause }} count={billedClients.length} isWaived={isCharged && waiver !== null} />
      ) : (
        <Text size="sm">It was never booked, so there is no fee.</Text>
      )}
      <ReasonField
        description="Kept with the session. Do not enter private details."
        data-autofocus
        maxLength={LONGEST_REASON}
        common={REASONS.map(([usual]) => usual)}
        value={reason}
        onChange={setReason}
        onPick={(picked) => setCause(REASONS.find(([usual]) => usual === picked)?.[1] ?? "client")}
        error={errors.at("reason")}
      />
      {isCharged && <Waive reason={waiver} onChange={setWaiver} error={errors.at("waiver")} />}
    </Confirm>
  );
}

interface PriceProps extends Pick<ActingOn, "session" | "zone"> {
  readonly cause: Cause;
  readonly count: number;
  readonly isWaived: boolean;
}

function Price({ session, zone, cause, count, isWaived }: PriceProps) {
  useNow();
  const terms = useTerms(session, zone);
  if (cause !== "client") {
    return <Notice tone="gray">No fee: only a client's own late cancellation is charged.</Notice>;
  }
  return <Loaded query={terms}>{(found) => <CancellationTerms terms={found} {...{ zone, count, isWaived }} />}</Loaded>;
}

interface CancellationTermsProps extends Pick<PriceProps, "zone" | "count" | "isWaived"> {
  readonly terms: Terms;
}

function CancellationTerms({ terms, zone, count, isWaived }: CancellationTermsProps) {
  const { lateFee, lateFrom, isLate } = terms;
  const fee = lateFee && (
    <>
      <Money amount={lateFee} fw={650} />
      {count > 1 && ` for each of ${count} clients`}
    </>
  );
  if (isLate && lateFrom) {
    return (
      <Notice tone={fee && !isWaived ? "yellow" : "gray"}>
        This is a late cancellation: it was free of charge until {momentInWords(lateFrom, zone)}.{" "}
        {fee && isWaived ? (
          <>The fee of {fee} is waived: nothing is charged.</>
        ) : fee ? (
          <>The client is charged {fee}; insurance does not cover it.</>
        ) : (
          "The catalog has no late cancellation fee, so nothing is charged."
        )}
      </Notice>
    );
  }
  return (
    <Notice tone="gray">
      {lateFrom
        ? `Cancelling now is free of charge. From ${momentInWords(lateFrom, zone)} on it is late`
        : "It is not known yet when a cancellation is late. A late cancellation"}
      {fee ? <> and costs the client {fee}.</> : lateFrom ? ", but no fee applies." : " is free of charge."}
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
