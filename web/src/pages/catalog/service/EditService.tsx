import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Service } from "@/api";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify, useEditing, WhatChanged } from "@/ui";
import { FactsFields } from "../FactsFields";
import { FIELDS, factsOf, inWords, NAMES, written } from "../facts";

/** Changes what is written about a service; what somebody else changed meanwhile is shown before anything is overwritten. */
export function EditService({ service, onClose }: { service: Service; onClose: () => void }) {
  const editing = useEditing({ version: service.version, values: factsOf(service) });
  const queries = useQueryClient();
  const save = api.useMutation("patch", "/api/catalog/services/{service_id}", {
    onSuccess: ({ service_code }) => {
      notify.done(`${service_code} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "catalog.service_changed.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const errors = fieldErrors(isStale ? null : save.error, FIELDS);
  const claimable = editing.changes.claimable === "" ? { claimable: undefined } : {};

  return (
    <FormDrawer
      title={`Edit ${service.service_code}`}
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() =>
        save.mutate({
          params: { path: { service_id: service.id }, header: { "if-match": `"${editing.version}"` } },
          body: { ...written(editing.changes), ...claimable } as ReturnType<typeof written>,
        })
      }
      busy={save.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      errors={errors}
    >
      <WhatChanged editing={editing} names={NAMES} words={inWords} />
      <FactsFields facts={editing.values} set={editing.set} errors={errors} code={service.service_code} />
    </FormDrawer>
  );
}
