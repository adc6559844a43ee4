import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Payer } from "@/api";
import type { components } from "@/api/billing";
import { Fields } from "@/features/billing/Fields";
import { PAYER } from "@/features/billing/fields";
import { typedOf, writtenOf } from "@/features/billing/form";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify } from "@/ui";

/** What claims state of a payer; one that is not active covers nobody new. */
export function EditPayer({ payer, onClose }: { payer: Payer; onClose: () => void }) {
  const begun = typedOf(PAYER, payer);
  const [typed, type] = useState(begun);
  const queries = useQueryClient();
  const change = api.useMutation("patch", "/api/billing/payers/{payer_id}", {
    onSuccess: (changed) => {
      void refreshAfter(queries, "billing.record_created.v1");
      notify.done(`${changed.payer_name} is saved.`);
      onClose();
    },
  });
  const errors = fieldErrors(
    change.error,
    PAYER.map(({ name }) => name),
  );
  const changed = PAYER.filter(({ name }) => typed[name] !== begun[name]);
  const body = writtenOf(changed, typed) as unknown as components["schemas"]["PayerChanges"];
  return (
    <FormDrawer
      title="Edit the payer"
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() =>
        change.mutate({
          params: { path: { payer_id: payer.id }, header: { "if-match": `"${payer.version}"` } },
          body,
        })
      }
      busy={change.isPending}
      disabled={changed.length === 0}
      dirty={changed.length > 0}
      errors={errors}
    >
      <Fields fields={PAYER} typed={typed} onType={type} errors={errors} />
    </FormDrawer>
  );
}
