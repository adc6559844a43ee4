import { SimpleGrid, Text, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Coverage } from "@/api";
import { refreshAfter } from "@/live";
import { typedAmount } from "@/money/typed";
import { AmountInput, beside, FormDrawer, tell, useEditing, WhatChanged } from "@/parts";
import { useSites } from "@/site";
import { isDay, today } from "@/time";

const NAMES = {
  copay: "Copay per visit",
  coinsurance_percent: "Coinsurance",
  deductible_remaining: "Deductible remaining",
  effective_to: "Last day",
} as const;
const FIELDS = Object.keys(NAMES);

interface ChangeCoverageProps {
  readonly coverage: Coverage;
  readonly payer: string;
  readonly onClose: () => void;
}

/** Writes down what was learnt about a plan, or that it ends; bills that were made stay as they are. */
export function ChangeCoverage({ coverage, payer, onClose }: ChangeCoverageProps) {
  const { site } = useSites();
  const queries = useQueryClient();
  const editing = useEditing({
    version: coverage.version,
    values: {
      copay: coverage.copay,
      coinsurance_percent: String(coverage.coinsurance_percent),
      deductible_remaining: coverage.deductible_left,
      effective_to: coverage.effective_to ?? "",
    },
  });
  const { values, set, changes } = editing;
  const save = api.useMutation("patch", "/api/billing/coverages/{coverage_id}", {
    onSuccess: () => {
      tell.done(`${payer}, ${coverage.plan_name} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "billing.record_created.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const told = beside(isStale ? null : save.error, FIELDS);

  function send(): void {
    const { deductible_remaining, effective_to, copay, coinsurance_percent } = changes;
    save.mutate({
      params: { path: { coverage_id: coverage.id }, header: { "if-match": `"${editing.version}"` } },
      body: {
        ...(copay === undefined ? {} : { copay: typedAmount(copay || "0") ?? copay }),
        ...(coinsurance_percent === undefined ? {} : { coinsurance_percent: coinsurance_percent || "0" }),
        ...(effective_to === undefined ? {} : { effective_to: effective_to || null }),
        ...(deductible_remaining === undefined
          ? {}
          : {
              deductible_remaining: typedAmount(deductible_remaining || "0") ?? deductible_remaining,
              as_of: today(site?.time_zone ?? "UTC"),
            }),
      },
    });
  }

  return (
    <FormDrawer
      title={`Change ${payer}, ${coverage.plan_name}`}
      doIt="Save"
      onClose={onClose}
      onDo={send}
      busy={save.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      told={told}
    >
      <WhatChanged editing={editing} names={NAMES} words={(_, value) => String(value) || "nothing"} />
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <AmountInput
          label={NAMES.copay}
          value={values.copay}
          onChange={(text) => set("copay", text)}
          error={told.at("copay")}
        />
        <TextInput
          label={NAMES.coinsurance_percent}
          rightSection="%"
          inputMode="decimal"
          value={values.coinsurance_percent}
          onChange={(event) => set("coinsurance_percent", event.currentTarget.value)}
          error={told.at("coinsurance_percent")}
        />
        <AmountInput
          label={NAMES.deductible_remaining}
          value={values.deductible_remaining}
          onChange={(text) => set("deductible_remaining", text)}
          error={told.at("deductible_remaining")}
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        A deductible entered here is as of today.
      </Text>
      <DateInput
        label={NAMES.effective_to}
        placeholder="Until further notice"
        clearable
        value={values.effective_to || null}
        onChange={(to) => set("effective_to", isDay(to) ? to : "")}
        valueFormat="ddd, MMM D, YYYY"
        error={told.at("effective_to")}
      />
      <Text size="sm" c="dimmed">
        Another payer, plan or member id is another plan: end this one and add the new one.
      </Text>
    </FormDrawer>
  );
}
