import { Group, Text, UnstyledButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type BillingRecord, http } from "@/api";
import { DiagnosesInput } from "@/billing/DiagnosesInput";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, Tag, tell, useAddress } from "@/parts";
import { dayInWords } from "@/time";
import classes from "../Billing.module.css";

const EDITED = "diagnoses";

/** What a session treated, as its claim and its superbill name it; with `?edit=diagnoses` the form is open. */
export function Diagnoses({ record }: { record: BillingRecord }) {
  const [query, put] = useAddress();
  const canChange = record.payment_status !== "voided";
  return (
    <Group gap={8}>
      {record.diagnoses.length > 0 ? (
        <span className={classes.code}>{record.diagnoses.join(", ")}</span>
      ) : record.kind === "session" ? (
        <Tag tone="attention">missing: needed for claims and superbills</Tag>
      ) : (
        "none"
      )}
      {canChange && (
        <UnstyledButton onClick={() => put({ edit: EDITED })} aria-label="Edit the diagnoses">
          <Text size="sm" td="underline">
            Edit
          </Text>
        </UnstyledButton>
      )}
      {canChange && query.get("edit") === EDITED && (
        <DiagnosesForm record={record} onClose={() => put({ edit: null })} />
      )}
    </Group>
  );
}

function DiagnosesForm({ record, onClose }: { record: BillingRecord; onClose: () => void }) {
  const [codes, setCodes] = useState<readonly string[]>(record.diagnoses);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      http.PUT("/api/billing/records/{record_id}/diagnoses", {
        params: { path: { record_id: record.id }, header: { "if-match": `"${record.version}"` } },
        body: { diagnoses: [...codes] },
      }),
    onSuccess: async () => {
      await refreshAfter(queries, "billing.record_created.v1");
      tell.done("The diagnoses are saved.");
      onClose();
    },
  });
  const told = beside(save.error, ["diagnoses"]);
  return (
    <FormDrawer
      title="Diagnoses of the session"
      onClose={onClose}
      doIt="Save"
      onDo={() => save.mutate()}
      busy={save.isPending}
      dirty={codes.join(" ") !== record.diagnoses.join(" ")}
      told={told}
    >
      <DiagnosesInput
        label="Diagnoses"
        description={`ICD-10-CM, the primary one first, valid on ${dayInWords(record.service_date)}. The client's own diagnoses do not change.`}
        value={codes}
        onChange={setCodes}
        validOn={record.service_date}
        error={told.at("diagnoses")}
        required
      />
    </FormDrawer>
  );
}
