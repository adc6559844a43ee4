import { Anchor, List, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, asProblem, type Coverage, type CoverageChanged } from "@/api";
import { useNetworkZone } from "@/features/site";
import { refreshAfter } from "@/live";
import { dayInWords, today } from "@/time";
import { FormDrawer, fieldErrors, notify, useAt, useEditing, useMissing, WhatChanged } from "@/ui";
import { followingInWords } from "./following";
import { LastDayField } from "./LastDayField";
import { PayerSelect, usePayerNames } from "./PayerSelect";
import { personOf, RELATIONSHIPS, SUBSCRIBER_FIELDS, Subscriber, type SubscriberValues, valuesOf } from "./Subscriber";
import { TermsFields } from "./TermsFields";
import { sentChanges, TERMS, termsOf } from "./terms";

const NAMES = {
  payer_id: "Payer",
  plan_name: "Plan",
  member_id: "Member id",
  group_number: "Group number",
  relationship: "Client's relationship to the subscriber",
  ...TERMS,
  effective_to: "Last day",
} as const;
const FIELDS = [...Object.keys(NAMES), ...SUBSCRIBER_FIELDS];

interface ChangeCoverageProps {
  readonly coverage: Coverage;
  readonly payer: string;
  readonly onClose: () => void;
}

/** Corrects a plan, records what was learnt about it, or ends it; the bills that were not claimed follow a correction. */
export function ChangeCoverage({ coverage, payer, onClose }: ChangeCoverageProps) {
  const day = today(useNetworkZone());
  const [subscriber, setSubscriber] = useState<SubscriberValues>(valuesOf(coverage.subscriber));
  const [changed, setChanged] = useState<CoverageChanged | null>(null);
  const queries = useQueryClient();
  const editing = useEditing({
    version: coverage.version,
    values: {
      payer_id: coverage.payer_id,
      plan_name: coverage.plan_name,
      member_id: coverage.member_id,
      group_number: coverage.group_number ?? "",
      relationship: coverage.relationship as string,
      ...termsOf(coverage),
      effective_to: coverage.effective_to ?? "",
    },
  });
  const { values, set, changes } = editing;
  const theirs = editing.theirs.flatMap(({ field, before, now }) => (field === "payer_id" ? [before, now] : []));
  const payerNames = usePayerNames([coverage.payer_id, values.payer_id, ...theirs.map(String)]);
  const save = api.useMutation("patch", "/api/billing/coverages/{coverage_id}", {
    onSuccess: (saved) => {
      notify.done(`${saved.plan_name} is saved.${followingInWords(saved.following)}`);
      if (saved.claimed.length > 0) {
        setChanged(saved);
      } else {
        onClose();
      }
    },
    onSettled: () => void refreshAfter(queries, "billing.record_created.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const { errors, send } = useMissing(
    fieldErrors(isStale ? null : save.error, FIELDS),
    {
      plan_name: !values.plan_name.trim() && "Enter the name of the plan.",
      member_id: !values.member_id.trim() && "Enter the member id.",
    },
    change,
  );
  const isOther = values.relationship !== "self";
  // Nobody is named yet: what is left empty is refused field by field.
  const isOtherHolder =
    isOther &&
    (coverage.subscriber === null || JSON.stringify(subscriber) !== JSON.stringify(valuesOf(coverage.subscriber)));
  const isChanged = editing.isChanged || isOtherHolder;

  function change(): void {
    const { payer_id, plan_name, member_id, group_number, relationship, effective_to, ...terms } = changes;
    save.mutate({
      params: { path: { coverage_id: coverage.id }, header: { "if-match": `"${editing.version}"` } },
      body: {
        ...(payer_id === undefined ? {} : { payer_id }),
        ...(plan_name === undefined ? {} : { plan_name: plan_name.trim() }),
        ...(member_id === undefined ? {} : { member_id: member_id.trim() }),
        ...(group_number === undefined ? {} : { group_number: group_number.trim() || null }),
        ...(relationship === undefined ? {} : { relationship: relationship as Coverage["relationship"] }),
        ...(isOtherHolder ? { subscriber: personOf(subscriber) } : {}),
        ...(effective_to === undefined ? {} : { effective_to: effective_to || null }),
        ...sentChanges(terms, day),
      },
    });
  }

  if (changed) {
    return <ClaimsToMend changed={changed} onClose={onClose} />;
  }
  const field = (name: "plan_name" | "member_id" | "group_number") => ({
    label: NAMES[name],
    value: values[name],
    autoComplete: "off",
    maxLength: 80,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set(name, event.currentTarget.value),
    error: errors.at(name),
  });
  const words = (name: string, value: unknown) =>
    name === "payer_id"
      ? (payerNames.get(String(value)) ?? "another payer")
      : name === "relationship"
        ? (RELATIONSHIPS.find((each) => each.value === value)?.label ?? String(value))
        : typeof value === "boolean"
          ? value
            ? "yes"
            : "no"
          : String(value) || "nothing";
  return (
    <FormDrawer
      title={`Change ${payer}, ${coverage.plan_name}`}
      submitLabel="Save"
      onClose={onClose}
      onSubmit={send}
      busy={save.isPending}
      disabled={!isChanged}
      dirty={isChanged}
      errors={errors}
    >
      <WhatChanged editing={editing} names={NAMES} words={words} />
      <PayerSelect
        label={NAMES.payer_id}
        value={values.payer_id}
        onChange={(id) => id && set("payer_id", id)}
        error={errors.at("payer_id")}
      />
      <TextInput withAsterisk {...field("plan_name")} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput withAsterisk {...field("member_id")} />
        <TextInput {...field("group_number")} />
      </SimpleGrid>
      <Select
        label={NAMES.relationship}
        allowDeselect={false}
        data={[...RELATIONSHIPS]}
        value={values.relationship}
        onChange={(value) => set("relationship", value ?? "self")}
        error={errors.at("relationship")}
      />
      {isOther && <Subscriber values={subscriber} onChange={setSubscriber} errors={errors} />}
      <TermsFields
        values={values}
        set={set}
        setCopayCounts={(counts) => set("copay_after_deductible", counts)}
        errors={errors}
        asOf={day}
      />
      <LastDayField
        label={NAMES.effective_to}
        placeholder="Until further notice"
        from={coverage.effective_from}
        to={values.effective_to}
        onChange={(day) => set("effective_to", day)}
        error={errors.at("effective_to")}
      />
      <Text size="sm" c="dimmed">
        Correct here what was entered wrong. Unclaimed records are updated, and priced again where their price changes.
        When the client has moved to another plan, end this one and add the new one.
      </Text>
    </FormDrawer>
  );
}

interface ClaimsToMendProps {
  readonly changed: CoverageChanged;
  readonly onClose: () => void;
}

/** Lists the claims that were sent with what was wrong, and what to do about each. */
function ClaimsToMend({ changed, onClose }: ClaimsToMendProps) {
  const at = useAt();
  return (
    <FormDrawer title="Claims sent with the old details" submitLabel="Done" onClose={onClose} onSubmit={onClose}>
      <List spacing="sm" size="sm">
        {changed.claimed.map((claim) => (
          <List.Item key={claim.claim_id}>
            <Anchor component={Link} to={at(`/billing/records/${claim.record_id}`)} inherit>
              {claim.service_code}, {dayInWords(claim.service_date, { year: true })}
            </Anchor>{" "}
            (claim {claim.control_number}): {claim.fix}
          </List.Item>
        ))}
      </List>
    </FormDrawer>
  );
}
