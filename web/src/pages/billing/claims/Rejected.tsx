import { Button, List, Stack } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, type Claim } from "@/api";
import { refreshAfter } from "@/live";
import { ProblemNotice, tell } from "@/parts";
import { useAt } from "@/site";

/** Why a claim was sent back, and sending it again once the reasons are corrected: as what it was, the first, a replacement or a void. */
export function Rejected({ claim }: { claim: Claim }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const send = api.useMutation("post", "/api/billing/claims", {
    onSuccess: (batch) => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      tell.done("The claim is in a new file.");
      void navigate(at(`/billing/claims/${batch.id}`));
    },
  });
  if (claim.status !== "rejected") {
    return null;
  }
  return (
    <Stack gap={4} mt={4}>
      <List size="sm" listStyleType="none" aria-label={`Why ${claim.control_number} was rejected`}>
        {claim.rejections.map(({ code, meaning, text }) => (
          <List.Item key={`${code} ${text}`}>{[meaning ?? code, text].filter(Boolean).join("; ")}</List.Item>
        ))}
      </List>
      {send.error ? <ProblemNotice error={send.error} title="Not sent" /> : null}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconSend size={15} aria-hidden />}
        loading={send.isPending}
        aria-label={`Send ${claim.control_number} again`}
        onClick={() => send.mutate({ body: againAs(claim) })}
        style={{ alignSelf: "flex-start" }}
      >
        Send again
      </Button>
    </Stack>
  );
}

/** A replacement and a void name the payer's own number of the claim before them. */
function againAs({ record_id, frequency, payer_reference }: Claim) {
  const isFirst = frequency === "1" || !payer_reference;
  return {
    record_ids: [record_id],
    frequency,
    ...(isFirst ? {} : { payer_references: { [record_id]: payer_reference } }),
  };
}
