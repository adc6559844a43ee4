import { SegmentedControl, Select, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, type BillingRecord } from "@/api";
import type { components } from "@/api/billing";
import { CLAIMS_HASH } from "@/features/billing/claims";
import { ServiceCodeSelect } from "@/features/services/ServiceSelect";
import { CLIENT_LOCATIONS, type ClientLocation, MODALITIES, readModality } from "@/features/sessions/modality";
import { refreshAfter } from "@/live";
import { inDollars, isNothing } from "@/money";
import { typedAmount } from "@/money/typed";
import { dayInWords } from "@/time";
import {
  AmountInput,
  DayField,
  errorsWhere,
  type FieldErrors,
  FormDrawer,
  fieldErrors,
  ListSelect,
  Loaded,
  MinutesField,
  notify,
  useAt,
} from "@/ui";
import { METHODS, optionsOf } from "../labels";
import { Carried } from "./Carried";
import { Corrected } from "./Corrected";
import { correctionOf, type Field, newCreditInWords, STEPS, type Step, type StepName, type StepValues } from "./steps";

type RecordLedger = components["schemas"]["LedgerView"];

const RECORDS_AT_MOST = 500;
const PAYERS = [
  { value: "client", label: "Client" },
  { value: "insurer", label: "Insurer" },
] as const;

/** How each pays most often. */
const METHOD_OF = { client: "card", insurer: "check" } as const;

interface StepFormProps {
  readonly name: StepName;
  readonly record: BillingRecord;
  readonly onClose: () => void;
}

/** One step with a record's money, once it is known who owes what and whose credit it has. */
export function StepForm(props: StepFormProps) {
  const ledger = api.useQuery("get", "/api/billing/records/{record_id}/ledger", {
    params: { path: { record_id: props.record.id } },
  });
  return ledger.data ? (
    <LoadedStepForm {...props} ledger={ledger.data} />
  ) : (
    <FormDrawer
      title={STEPS[props.name].name}
      onClose={props.onClose}
      submitLabel={STEPS[props.name].submitLabel}
      onSubmit={() => undefined}
      disabled
    >
      <Loaded query={ledger}>{() => null}</Loaded>
    </FormDrawer>
  );
}

/** What a step needs, and what became of it. */
function LoadedStepForm({ name, record, ledger, onClose }: StepFormProps & { readonly ledger: RecordLedger }) {
  const step: Step = STEPS[name];
  const most = mostOf(name, ledger);
  const payer = isNothing(most.client) && !isNothing(most.insurer) ? "insurer" : "client";
  const begun: StepValues = {
    amount: proposed(name, most[payer]),
    payer,
    method: METHOD_OF[payer],
    reference: "",
    reason: "",
    received_date: "",
    deposit_date: "",
    service_code: null,
    minutes: null,
    modality: record.modality,
    client_location: record.client_location ?? null,
    insurance_applicable: record.insurance_applicable,
    to_record_id: null,
  };
  const [values, setValues] = useState(begun);
  const [opened] = useState(most);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const post = useMutation({
    mutationFn: async (sent: StepValues) => {
      const before = ledger.unapplied_credit;
      const made = await step.send(record.id, sent);
      return { made, done: `${step.done}${newCreditInWords(name, sent.payer, before, made?.unapplied_credit)}` };
    },
    onSuccess: ({ made, done }) => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      const standing = made?.claims_to_withdraw?.length ?? 0;
      notify.done(
        standing > 0 ? `${done} ${standingInWords(standing)}` : done,
        standing > 0
          ? { name: "Go to the claim", onClick: () => void navigate(at(`/billing/records/${record.id}`) + CLAIMS_HASH) }
          : undefined,
      );
      onClose();
      if (name === "replacement" && made) {
        void navigate(at(`/billing/records/${made.id}`));
      }
    },
  });
  // An amount is written with its cents when its field is left, which changes nothing.
  const isAsSent = (field: string) =>
    field === "amount"
      ? typedAmount(values.amount) === typedAmount(post.variables?.amount ?? "")
      : values[field as Field] === post.variables?.[field as Field];
  const errors = errorsWhere(isAsSent, fieldErrors(post.error, step.fields), step.fields);
  const set = <Name extends Field>(field: Name, value: StepValues[Name]) =>
    setValues((before) => ({ ...before, [field]: value }));
  // Another payer has another amount and pays in another way; what somebody has typed or chosen stays.
  const setPayer = (payer: StepValues["payer"]) =>
    setValues((before) => {
      const isProposed = before.amount === proposed(name, most[before.payer]);
      const method = before.method === METHOD_OF[before.payer] ? METHOD_OF[payer] : before.method;
      return { ...before, payer, method, ...(isProposed ? { amount: proposed(name, most[payer]) } : {}) };
    });
  return (
    <FormDrawer
      title={step.name}
      onClose={onClose}
      submitLabel={step.submitLabel}
      onSubmit={() => post.mutate(values)}
      busy={post.isPending}
      dirty={JSON.stringify(values) !== JSON.stringify(begun)}
      errors={errors}
    >
      <Text size="sm">{step.about}</Text>
      {record.payment_status === "voided" && !isOfCredit(name) && post.isIdle && (
        <Text size="sm" role="status" fw={600}>
          Somebody else has voided this record while the form was open. Enter it on the record that counts now.
        </Text>
      )}
      {post.isIdle && step.fields.includes("amount") && opened[values.payer] !== most[values.payer] && (
        <Text size="sm" role="status" fw={600}>
          Somebody else has changed this record while the form was open:{" "}
          {changedInWords(name, values.payer, most[values.payer])}
        </Text>
      )}
      {name === "replacement" && <Carried ledger={ledger} />}
      {name === "void" ? <StandingClaims record={record} /> : null}
      {step.fields.map((field) => (
        <StepField
          key={field}
          step={step}
          field={field}
          record={record}
          values={values}
          set={set}
          setPayer={setPayer}
          payers={
            isOfCredit(name) ? PAYERS.map((each) => ({ ...each, disabled: isNothing(most[each.value]) })) : PAYERS
          }
          errors={errors}
        />
      ))}
      {name === "replacement" && <Corrected record={record} correction={correctionOf(values)} />}
    </FormDrawer>
  );
}

function changedInWords(name: StepName, payer: StepValues["payer"], amount: string): string {
  const who = payer === "client" ? "the client" : "the insurer";
  return isOfCredit(name)
    ? `${who} has ${inDollars(amount)} of credit now.`
    : `${who} owes ${inDollars(amount)} now. Check the amount.`;
}

function standingInWords(count: number): string {
  return count === 1 ? "Its claim still has to be withdrawn." : `${count} claims still have to be withdrawn.`;
}

/** Claims with the insurer, which a void leaves as they are. */
function StandingClaims({ record }: { record: BillingRecord }) {
  const claims = api.useQuery("get", "/api/billing/claims", {
    params: { query: { record_id: record.id, revisions: true } },
  });
  const standing = (claims.data?.items ?? []).filter(
    ({ status, frequency }) => frequency !== "8" && ["submitted", "accepted", "paid"].includes(status),
  );
  return standing.length > 0 ? (
    <Text size="sm" role="status">
      {standing.map(({ control_number }) => control_number).join(", ")}{" "}
      {standing.length === 1
        ? "stays with the insurer until you withdraw it"
        : "stay with the insurer until you withdraw them"}
      . That is the next step, under Insurance on this page.
    </Text>
  ) : null;
}

interface StepFieldProps {
  readonly step: Step;
  readonly field: Field;
  readonly record: BillingRecord;
  readonly values: StepValues;
  readonly set: <Name extends Field>(field: Name, value: StepValues[Name]) => void;
  readonly setPayer: (payer: StepValues["payer"]) => void;
  readonly payers: readonly { value: StepValues["payer"]; label: string; disabled?: boolean }[];
  readonly errors: FieldErrors;
}

function StepField({ step, field, record, values, set, setPayer, payers, errors }: StepFieldProps) {
  const error = errors.at(field);
  switch (field) {
    case "amount":
      return (
        <AmountInput
          label="Amount"
          value={values.amount}
          onChange={(value) => set("amount", value)}
          error={error}
          required
          data-autofocus
        />
      );
    case "payer":
      return (
        <SegmentedControl
          aria-label="From or to"
          data={[...payers]}
          value={values.payer}
          onChange={(value) => setPayer(value === "insurer" ? "insurer" : "client")}
        />
      );
    case "method":
      return (
        <Select
          label="Method"
          data={optionsOf(METHODS)}
          value={values.method}
          onChange={(value) => value && set("method", value)}
          allowDeselect={false}
          error={error}
        />
      );
    case "reference":
      return (
        <TextInput
          label="Reference"
          description="Receipt, check or trace number"
          value={values.reference}
          onChange={(event) => set("reference", event.currentTarget.value)}
          error={error}
          maxLength={100}
        />
      );
    case "reason":
      return (
        <Textarea
          label="Reason"
          value={values.reason}
          onChange={(event) => set("reason", event.currentTarget.value)}
          error={error}
          required
          maxLength={500}
          autosize
          minRows={2}
        />
      );
    case "received_date":
    case "deposit_date":
      return (
        <DayField
          label={step.days?.[field]}
          near={field === "received_date" ? "past" : "nearest"}
          placeholder="Today"
          clearable
          value={values[field] || null}
          onChange={(day) => set(field, day ?? "")}
          error={error}
        />
      );
    case "minutes":
      return (
        <MinutesField
          label="Actual minutes"
          placeholder={`${record.minutes} min`}
          value={values.minutes}
          onChange={(value) => set("minutes", value)}
          error={error}
          most={600}
        />
      );
    case "modality":
      return (
        <Select
          label="Format"
          data={MODALITIES}
          value={values.modality}
          onChange={(value) => set("modality", readModality(value))}
          allowDeselect={false}
          error={error}
        />
      );
    case "client_location":
      return values.modality === "in_person" ? null : (
        <Select
          label="Where the client was"
          data={CLIENT_LOCATIONS}
          value={values.client_location}
          onChange={(value) => set("client_location", value as ClientLocation | null)}
          error={error}
        />
      );
    case "insurance_applicable":
      return (
        <Switch
          label="Bill insurance"
          description="Self-pay when off: the client owes the whole charge."
          checked={values.insurance_applicable}
          onChange={(event) => set("insurance_applicable", event.currentTarget.checked)}
          error={error}
        />
      );
    case "service_code":
      return <ServiceField record={record} values={values} set={set} error={error} />;
    case "to_record_id":
      return <OtherRecord record={record} values={values} set={set} error={error} />;
  }
}

type ChoiceProps = Pick<StepFieldProps, "record" | "values" | "set"> & { readonly error: string | undefined };

function ServiceField({ record, values, set, error }: ChoiceProps) {
  return (
    <ServiceCodeSelect
      label="Correct service"
      placeholder={record.service_code}
      value={values.service_code}
      onChange={(value) => set("service_code", value)}
      error={error}
      clearable
    />
  );
}

function OtherRecord({ record, values, set, error }: ChoiceProps) {
  const records = api.useQuery("get", "/api/billing/records", {
    params: { query: { client_id: record.client_id, open: true, limit: RECORDS_AT_MOST } },
  });
  const open = (records.data?.items ?? []).filter(({ id }) => id !== record.id);
  return (
    <ListSelect
      label="Record"
      from={records}
      placeholder={records.isPending ? "Loading" : open.length > 0 ? "Choose" : "This client has no other open record"}
      data={open.map(({ id, service_code, service_date, balance }) => ({
        value: id,
        label: `${dayInWords(service_date)}, ${service_code}: ${inDollars(balance)} open`,
      }))}
      value={values.to_record_id}
      onChange={(value) => set("to_record_id", value)}
      {...(records.data?.next_cursor ? { description: `The latest ${RECORDS_AT_MOST} open records are offered.` } : {})}
      error={error}
      required
    />
  );
}

/** Whether a step hands out credit, which only the payer whose money it is can have. */
function isOfCredit(name: StepName): boolean {
  return name === "refund" || name === "credit";
}

/** What a step can be about at most, by payer: that payer's credit, or what that payer owes. */
function mostOf(name: StepName, ledger: RecordLedger): Readonly<Record<StepValues["payer"], string>> {
  return isOfCredit(name)
    ? { client: ledger.client_credit, insurer: ledger.insurer_credit }
    : { client: ledger.balances.patient_ar ?? "0.00", insurer: ledger.balances.payer_ar ?? "0.00" };
}

/** What most people mean: all that is open, or all that is there. */
function proposed(name: StepName, most: string): string {
  return name === "adjustment" || isNothing(most) ? "" : most;
}
