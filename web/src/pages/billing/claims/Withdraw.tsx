import { Button, Stack, TextInput } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, type Claim } from "@/api";
import { refreshAfter } from "@/live";
import { ProblemNotice, tell } from "@/parts";
import { useAt } from "@/site";

/** Takes back a claim that stands for a voided record; the payer's own number is asked for where no answer has said it. */
export function Withdraw({ claim }: { claim: Claim }) {
  const [typed, type] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const send = api.useMutation("post", "/api/billing/claims", {
    onSuccess: (batch) => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      tell.done("The withdrawal is in a new file.");
      void navigate(at(`/billing/claims/${batch.id}`));
    },
  });
  if (!claim.to_be_withdrawn) {
    return null;
  }
  const reference = claim.payer_reference ?? typed.trim();
  const { record_id, control_number } = claim;
  return (
    <Stack gap={4} mt={4} align="flex-start">
      {claim.payer_reference ? null : (
        <TextInput
          size="xs"
          label="Payer's claim number"
          aria-label={`Payer's claim number of ${control_number}`}
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
          maxLength={50}
        />
      )}
      {send.error ? <ProblemNotice error={send.error} title="Not withdrawn" /> : null}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowBackUp size={15} aria-hidden />}
        loading={send.isPending}
        disabled={!reference}
        aria-label={`Withdraw ${control_number}`}
        onClick={() =>
          send.mutate({
            body: { record_ids: [record_id], frequency: "8", payer_references: { [record_id]: reference } },
          })
        }
      >
        Withdraw
      </Button>
    </Stack>
  );
}
