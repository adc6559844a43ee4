import { Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem } from "@/api";
import type { components } from "@/api/billing";
import { refreshAfter } from "@/live";
import { dateInWords } from "@/time";
import { FormDrawer, fieldErrors, notify, useEditing, useMissing, WhatChanged } from "@/ui";
import { LastDayField } from "./LastDayField";

export type Discount = components["schemas"]["DiscountView"];

const NAMES = { percent: "Percent", reason: "Reason", effective_to: "Last day" } as const;
const LONGEST_REASON = 500;

/** Corrects a client's discount, or ends it. */
export function ChangeDiscount({ discount, onClose }: { discount: Discount; onClose: () => void }) {
  const queries = useQueryClient();
  const editing = useEditing({
    version: discount.version,
    values: {
      percent: String(Number(discount.percent)),
      reason: discount.reason,
      effective_to: discount.effective_to ?? "",
    },
  });
  const { values, set, changes } = editing;
  const save = api.useMutation("patch", "/api/billing/discounts/{discount_id}", {
    onSuccess: ({ percent }) => {
      notify.done(`The discount of ${Number(percent)} % is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "billing.record_created.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const { errors, send } = useMissing(
    fieldErrors(isStale ? null : save.error, Object.keys(NAMES)),
    { percent: !values.percent.trim() && "Enter a percentage.", reason: !values.reason.trim() && "Enter a reason." },
    () =>
      save.mutate({
        params: { path: { discount_id: discount.id }, header: { "if-match": `"${editing.version}"` } },
        body: {
          ...(changes.percent === undefined ? {} : { percent: changes.percent.trim() }),
          ...(changes.reason === undefined ? {} : { reason: changes.reason.trim() }),
          ...(changes.effective_to === undefined ? {} : { effective_to: changes.effective_to || null }),
        },
      }),
  );
  return (
    <FormDrawer
      title={`Change the discount of ${Number(discount.percent)} %`}
      submitLabel="Save"
      onClose={onClose}
      onSubmit={send}
      busy={save.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      errors={errors}
    >
      <WhatChanged
        editing={editing}
        names={NAMES}
        words={(name, value) =>
          name === "effective_to" ? (value ? dateInWords(String(value)) : "no end date") : String(value)
        }
      />
      <Text size="sm">From {dateInWords(discount.effective_from)} on.</Text>
      <TextInput
        label={NAMES.percent}
        description="Records that are made keep their amounts until they are corrected."
        rightSection="%"
        inputMode="decimal"
        value={values.percent}
        onChange={(event) => set("percent", event.currentTarget.value)}
        error={errors.at("percent")}
        required
        data-autofocus
      />
      <TextInput
        label={NAMES.reason}
        value={values.reason}
        onChange={(event) => set("reason", event.currentTarget.value)}
        error={errors.at("reason")}
        maxLength={LONGEST_REASON}
        required
      />
      <LastDayField
        label={NAMES.effective_to}
        placeholder="No end date"
        from={discount.effective_from}
        to={values.effective_to}
        onChange={(day) => set("effective_to", day)}
        error={errors.at("effective_to")}
      />
    </FormDrawer>
  );
}
