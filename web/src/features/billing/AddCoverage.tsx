import { Select, SimpleGrid, Switch, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type NewCoverage } from "@/api";
import { useNetworkZone } from "@/features/site";
import { refreshAfter } from "@/live";
import { today } from "@/time";
import { DayField, FormDrawer, fieldErrors, notify, useMissing } from "@/ui";
import { repricedInWords } from "./following";
import { PayerSelect } from "./PayerSelect";
import { NOBODY, personOf, RELATIONSHIPS, SUBSCRIBER_FIELDS, Subscriber, type SubscriberValues } from "./Subscriber";
import { TermsFields } from "./TermsFields";
import { NO_TERMS, sentTerms, TERMS } from "./terms";

const FIELDS = [
  "payer_id",
  "plan_name",
  "member_id",
  "group_number",
  "relationship",
  ...Object.keys(TERMS),
  "effective_from",
  "effective_to",
  ...SUBSCRIBER_FIELDS,
];

interface AddCoverageProps {
  readonly clientId: string;
  readonly onClose: () => void;
}

/** Puts a client's plan on file. */
export function AddCoverage({ clientId, onClose }: AddCoverageProps) {
  const zone = useNetworkZone();
  const day = today(zone);
  const queries = useQueryClient();
  const [payer, setPayer] = useState<string | null>(null);
  const [values, setValues] = useState({
    plan_name: "",
    member_id: "",
    group_number: "",
    effective_from: day,
    effective_to: "",
  });
  const [terms, setTerms] = useState(NO_TERMS);
  const [relationship, setRelationship] = useState<NonNullable<NewCoverage["relationship"]>>("self");
  const [subscriber, setSubscriber] = useState<SubscriberValues>(NOBODY);
  const [outside, setOutside] = useState(false);
  const add = api.useMutation("post", "/api/billing/clients/{client_id}/coverages", {
    onSuccess: ({ following }) => {
      notify.done(`The plan is saved.${repricedInWords(following) || " It applies to every bill from now on."}`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "billing.record_created.v1"),
  });
  const { errors, send } = useMissing(
    fieldErrors(add.error, FIELDS),
    {
      payer_id: !payer && "Choose a payer.",
      plan_name: !values.plan_name.trim() && "Enter the name of the plan.",
      member_id: !values.member_id.trim() && "Enter the member id.",
    },
    () =>
      add.mutate({
        params: { path: { client_id: clientId } },
        body: {
          payer_id: payer ?? "",
          plan_name: values.plan_name.trim(),
          member_id: values.member_id.trim(),
          group_number: values.group_number.trim() || null,
          relationship,
          subscriber: relationship === "self" ? null : personOf(subscriber),
          mode: outside ? "out_of_network" : "in_network",
          ...sentTerms(terms),
          as_of: day,
          effective_from: values.effective_from,
          effective_to: values.effective_to || null,
        },
      }),
  );
  const put = (changes: Partial<typeof values>) => setValues((before) => ({ ...before, ...changes }));
  const field = (name: "plan_name" | "member_id" | "group_number") => ({
    value: values[name],
    autoComplete: "off",
    maxLength: 80,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => put({ [name]: event.currentTarget.value }),
    error: errors.at(name),
  });

  return (
    <FormDrawer
      title="Add a plan"
      submitLabel="Save"
      onClose={onClose}
      busy={add.isPending}
      dirty={Boolean(values.plan_name || values.member_id)}
      errors={errors}
      onSubmit={send}
    >
      <PayerSelect
        label="Payer"
        withAsterisk
        data-autofocus
        value={payer}
        onChange={setPayer}
        error={errors.at("payer_id")}
      />
      <TextInput label="Plan" withAsterisk {...field("plan_name")} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label="Member id" withAsterisk {...field("member_id")} />
        <TextInput label="Group number" {...field("group_number")} />
      </SimpleGrid>
      <Select
        label="Client's relationship to the subscriber"
        allowDeselect={false}
        data={[...RELATIONSHIPS]}
        value={relationship}
        onChange={(value) => setRelationship((value ?? "self") as typeof relationship)}
        error={errors.at("relationship")}
      />
      {relationship !== "self" && <Subscriber values={subscriber} onChange={setSubscriber} errors={errors} />}
      <TermsFields
        values={terms}
        set={(name, text) => setTerms((before) => ({ ...before, [name]: text }))}
        setCopayCounts={(counts) => setTerms((before) => ({ ...before, copay_after_deductible: counts }))}
        errors={errors}
        asOf={day}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <DayField
          near="nearest"
          label="Effective from"
          withAsterisk
          value={values.effective_from}
          onChange={(from) => from && put({ effective_from: from })}
          error={errors.at("effective_from")}
        />
        <DayField
          near="nearest"
          label="Last day"
          placeholder="Until further notice"
          clearable
          value={values.effective_to || null}
          onChange={(to) => put({ effective_to: to ?? "" })}
          error={errors.at("effective_to")}
        />
      </SimpleGrid>
      <Switch
        label="The clinic is out of network for this plan"
        checked={outside}
        onChange={(event) => setOutside(event.currentTarget.checked)}
      />
    </FormDrawer>
  );
}
