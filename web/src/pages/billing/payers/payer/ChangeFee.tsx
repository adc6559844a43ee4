import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem } from "@/api";
import type { components } from "@/api/billing";
import { LastDayField } from "@/features/billing/LastDayField";
import { refreshAfter } from "@/live";
import { inDollars } from "@/money";
import { typedAmount } from "@/money/typed";
import { dateInWords } from "@/time";
import { AmountInput, FormDrawer, fieldErrors, notify, useEditing, WhatChanged } from "@/ui";

export type Fee = components["schemas"]["FeeView"];

const NAMES = { amount: "Fee per unit", effective_to: "Last day" } as const;

/** Corrects a fee's amount, or ends it. */
export function ChangeFee({ fee, onClose }: { fee: Fee; onClose: () => void }) {
  const queries = useQueryClient();
  const editing = useEditing({
    version: fee.version,
    values: { amount: fee.amount, effective_to: fee.effective_to ?? "" },
  });
  const { values, set, changes } = editing;
  const save = api.useMutation("patch", "/api/billing/fees/{fee_id}", {
    onSuccess: ({ service_code }) => {
      notify.done(`The fee for ${service_code} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "billing.record_created.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const errors = fieldErrors(isStale ? null : save.error, Object.keys(NAMES));
  return (
    <FormDrawer
      title={`Change the fee for ${fee.service_code}`}
      submitLabel="Save"
      onClose={onClose}
      onSubmit={() =>
        save.mutate({
          params: { path: { fee_id: fee.id }, header: { "if-match": `"${editing.version}"` } },
          body: {
            ...(changes.amount === undefined ? {} : { amount: typedAmount(changes.amount) ?? changes.amount }),
            ...(changes.effective_to === undefined ? {} : { effective_to: changes.effective_to || null }),
          },
        })
      }
      busy={save.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      errors={errors}
    >
      <WhatChanged
        editing={editing}
        names={NAMES}
        words={(name, value) =>
          name === "amount" ? inDollars(String(value)) : value ? dateInWords(String(value)) : "no end date"
        }
      />
      <Text size="sm">
        {fee.credential ? `For ${fee.credential}, from` : "From"} {dateInWords(fee.effective_from)} on. For another
        first day, end this fee and add a new one.
      </Text>
      <AmountInput
        label={NAMES.amount}
        description="Records that are made keep their amounts until they are corrected."
        value={values.amount}
        onChange={(amount) => set("amount", amount)}
        error={errors.at("amount")}
        required
        data-autofocus
      />
      <LastDayField
        label={NAMES.effective_to}
        placeholder="No end date"
        from={fee.effective_from}
        to={values.effective_to}
        onChange={(day) => set("effective_to", day)}
        error={errors.at("effective_to")}
      />
    </FormDrawer>
  );
}
