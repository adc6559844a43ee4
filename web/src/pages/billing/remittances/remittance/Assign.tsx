import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { refreshAfter } from "@/live";
import { inDollars } from "@/money";
import { notify, ProblemNotice } from "@/ui";
import { forStaff } from "../labels";
import { ClaimSelect } from "./ClaimSelect";

const REASON_AT_MOST = 500;

interface Props {
  readonly remittanceId: string;
  readonly payer: string | null;
  readonly answer: components["schemas"]["ClaimPaymentView"];
}

/** Money of a claim that was skipped: to which record it belongs, or from which it is taken back. */
export function Assign({ remittanceId, payer, answer }: Props) {
  const [recordId, setRecordId] = useState(answer.record_id);
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const assign = api.useMutation("post", "/api/billing/remittances/{remittance_id}/claims/{position}/assign", {
    onSuccess: () => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/remittances"] });
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/remittances/{remittance_id}"] });
      notify.done("The money is assigned to the record.");
    },
  });
  const isTakenBack = answer.unassigned_amount.startsWith("-");
  const amount = inDollars(answer.unassigned_amount.replace("-", ""));
  return (
    <Stack gap="xs">
      <Text size="sm">
        {isTakenBack
          ? `The insurer took ${amount} back, which is on no record yet.`
          : `The insurer paid ${amount}, which is on no record yet.`}
      </Text>
      {answer.record_id === null && (
        <ClaimSelect
          label="Claim that it belongs to"
          answer={answer}
          payer={payer}
          recordId={recordId}
          onChoose={setRecordId}
        />
      )}
      {assign.error ? <ProblemNotice error={assign.error} title="Not assigned" words={forStaff} /> : null}
      <Group align="end">
        <TextInput
          label={isTakenBack ? "Reason to take it from the record" : "Reason to post it to the record"}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={REASON_AT_MOST}
          maw={420}
        />
        <Button
          size="xs"
          variant="default"
          disabled={!(reason.trim() && recordId)}
          loading={assign.isPending}
          onClick={() =>
            assign.mutate({
              params: { path: { remittance_id: remittanceId, position: answer.position } },
              body: { record_id: recordId, reason },
            })
          }
        >
          {isTakenBack ? "Take it from the record" : "Post it to the record"}
        </Button>
      </Group>
    </Stack>
  );
}
