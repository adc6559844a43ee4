import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem } from "@/api";
import type { components } from "@/api/billing";
import { NeverCounted } from "@/billing/NeverCounted";
import { refreshAfter } from "@/live";
import { inDollars } from "@/money";
import { typedAmount } from "@/money/typed";
import { AmountInput, beside, DayField, FormDrawer, tell, useEditing, WhatChanged } from "@/parts";
import { dateInWords } from "@/time";

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
      tell.done(`The fee for ${service_code} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "billing.record_created.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const told = beside(isStale ? null : save.error, Object.keys(NAMES));
  return (
    <FormDrawer
      title={`Change the fee for ${fee.service_code}`}
      doIt="Save"
      onClose={onClose}
      onDo={() =>
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
      told={told}
    >
      <WhatChanged
        editing={editing}
        names={NAMES}
        words={(name, value) =>
          name === "amount" ? inDollars(String(value)) : value ? dateInWords(String(value)) : "no end date"
        }
      />
      <Text size="sm">
        {fee.credential ? `For ${fee.credential}, from` : "From"} {dateInWords(fee.effective_from)} on.
      </Text>
      <AmountInput
        label={NAMES.amount}
        value={values.amount}
        onChange={(amount) => set("amount", amount)}
        error={told.at("amount")}
        required
        data-autofocus
      />
      <DayField
        near="nearest"
        label={NAMES.effective_to}
        placeholder="No end date"
        clearable
        value={values.effective_to || null}
        onChange={(day) => set("effective_to", day ?? "")}
        error={told.at("effective_to")}
      />
      <NeverCounted from={fee.effective_from} to={values.effective_to} onChange={(day) => set("effective_to", day)} />
      <Text size="sm" c="dimmed">
        Records that are made keep their amounts until they are corrected. For another first day, end this fee and add a
        new one.
      </Text>
    </FormDrawer>
  );
}
