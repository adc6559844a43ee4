import { Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { Booked, Site } from "@/api";
import { type FieldErrors, FormDrawer } from "@/ui";
import { AffectedSessions } from "../AffectedSessions";
import { type Affected, countInWords } from "../refusals";
import { PlanView } from "./PlanView";
import type { Replanning } from "./useReplan";

interface ReplanDrawerProps {
  readonly title: string;
  /** What is done, as the end of a sentence: `block the room`. */
  readonly action: string;
  /** What is done in the end, as a sentence. */
  readonly done: string;
  readonly site: Site;
  readonly replan: Replanning;
  /** The sessions for which the change was refused. */
  readonly affected: Affected | null;
  /** Why they are affected, where the action does not name it. */
  readonly cause?: string;
  /** A further column of the affected sessions. */
  readonly also?: readonly [title: string, cell: (session: Booked) => ReactNode];
  /** A reason for which the form has no field of its own. */
  readonly reason?: readonly [value: string, onChange: (reason: string) => void];
  readonly onClose: () => void;
  readonly onSend: (force: boolean) => void;
  readonly onPropose: () => void;
  readonly isSending: boolean;
  readonly isDirty: boolean;
  readonly disabled?: boolean;
  readonly errors: FieldErrors;
  /** The form, shown until the plan is confirmed. */
  readonly children: ReactNode;
}

/** A change of a room: the sessions that it affects are shown before anything is done, and get other rooms if that is wanted. */
export function ReplanDrawer(props: ReplanDrawerProps) {
  const { action, site, replan, affected, reason, onSend, onPropose, errors } = props;
  const { plan } = replan;
  const isConfirmed = Boolean(plan?.confirmed_at);
  const label = action.charAt(0).toUpperCase() + action.slice(1);
  const planned = plan && plan.moves.length > 0 ? `Move ${countInWords(plan.moves.length)} and ${action}` : label;
  return (
    <FormDrawer
      title={props.title}
      onClose={props.onClose}
      submitLabel={isConfirmed ? "Done" : affected && !plan ? "Find other rooms" : planned}
      onSubmit={() => {
        if (isConfirmed) {
          props.onClose();
        } else if (plan) {
          replan.confirm();
        } else if (affected) {
          onPropose();
        } else {
          onSend(false);
        }
      }}
      busy={props.isSending || replan.isPending}
      disabled={!isConfirmed && (props.disabled ?? false)}
      {...(isConfirmed ? { dirty: false, dismiss: null } : { dirty: props.isDirty })}
      errors={errors}
    >
      {isConfirmed ? (
        <Text size="sm">{props.done} Each session keeps its room until it has the other one.</Text>
      ) : (
        props.children
      )}
      {affected && !plan && (
        <AffectedSessions
          affected={affected}
          zone={site.time_zone}
          {...(props.also ? { also: props.also } : {})}
          warning={`${props.cause ? `${props.cause} ` : ""}Find other rooms at the same times. Or ${action} anyway: the sessions stay booked there and are listed as needing another room.`}
          force={`${label} anyway`}
          onForce={() => onSend(true)}
          busy={props.isSending}
        />
      )}
      {affected && !plan && reason && (
        <TextInput
          label="Reason"
          description="Shown with the affected sessions"
          value={reason[0]}
          onChange={(event) => reason[1](event.currentTarget.value)}
          error={errors.at("reason")}
          maxLength={200}
          required
        />
      )}
      {plan && <PlanView plan={plan} zone={site.time_zone} />}
      {plan && !isConfirmed && plan.unmoved.length > 0 && (
        <Text size="sm">
          {countInWords(plan.unmoved.length)} would stay booked in this room and be listed as needing another one.
        </Text>
      )}
    </FormDrawer>
  );
}
