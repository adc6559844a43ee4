import { Anchor, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asProblem, type BillingRecord, http } from "@/api";
import { DiagnosesInput } from "@/features/billing/DiagnosesInput";
import { refreshAfter } from "@/live";
import { dayInWords } from "@/time";
import { FormDrawer, fieldErrors, notify, Tag, useAddress, useEditing, WhatChanged } from "@/ui";
import classes from "../Billing.module.css";

const EDITED = "diagnoses";
const NAMES = { diagnoses: "Diagnoses" } as const;

/** What a session treated, as its claim and its superbill name it; with `?edit=diagnoses` the form is open. */
export function Diagnoses({ record }: { record: BillingRecord }) {
  const [query, put] = useAddress();
  const canChange = record.payment_status !== "voided";
  return (
    <Group gap={8}>
      {record.diagnoses.length > 0 ? (
        <span className={classes.code}>{record.diagnoses.join(", ")}</span>
      ) : record.kind === "session" ? (
        <Tag tone="attention" wraps>
          missing: needed for claims and superbills
        </Tag>
      ) : (
        "none"
      )}
      {canChange && (
        <Anchor
          component="button"
          type="button"
          inherit
          onClick={() => put({ edit: EDITED })}
          aria-label="Edit the diagnoses"
        >
          Edit
        </Anchor>
      )}
      {canChange && query.get("edit") === EDITED && (
        <DiagnosesForm record={record} onClose={() => put({ edit: null })} />
      )}
    </Group>
  );
}

export function DiagnosesForm({ record, onClose }: { record: BillingRecord; onClose: () => void }) {
  const editing = useEditing({ version: record.version, values: { diagnoses: record.diagnoses as readonly string[] } });
  const codes = editing.values.diagnoses;
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      http.PUT("/api/billing/records/{record_id}/diagnoses", {
        params: { path: { record_id: record.id }, header: { "if-match": `"${editing.version}"` } },
        body: { diagnoses: [...codes] },
      }),
    onSuccess: () => {
      notify.done("The diagnoses are saved.");
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "billing.record_created.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const errors = fieldErrors(isStale ? null : save.error, ["diagnoses"]);
  return (
    <FormDrawer
      title="Diagnoses of the session"
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => save.mutate()}
      busy={save.isPending}
      dirty={editing.isChanged}
      errors={errors}
    >
      <WhatChanged editing={editing} names={NAMES} words={inWords} />
      <DiagnosesInput
        label="Diagnoses"
        description={`ICD-10-CM, the primary one first, valid on ${dayInWords(record.service_date)}. The client's own diagnoses do not change.`}
        value={codes}
        onChange={(changed) => editing.set("diagnoses", changed)}
        validOn={record.service_date}
        error={errors.at("diagnoses")}
        required
      />
    </FormDrawer>
  );
}

function inWords(_: string, codes: unknown): string {
  return Array.isArray(codes) && codes.length > 0 ? codes.join(", ") : "none";
}
