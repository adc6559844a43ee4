// One file of claims: what went into it, and the file as it was sent.
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, type Claim } from "@/api";
import { refreshAfter } from "@/live";
import { Page, Panel, ProblemNotice, Shown, tell } from "@/parts";
import { byWhom } from "@/people/names";
import { useNetworkZone } from "@/site";
import { momentInWords } from "@/time";
import { BillingPlaces } from "../../BillingPlaces";
import { Findings } from "../../Findings";
import { ClaimTable } from "../ClaimTable";

export function Component() {
  const { batchId = "" } = useParams();
  const zone = useNetworkZone();
  const batch = api.useQuery("get", "/api/billing/claims/{batch_id}", { params: { path: { batch_id: batchId } } });
  return (
    <Page
      title={batch.data ? `Claim file ${batch.data.control_number}` : "Claim file"}
      about={batch.data && `Created ${momentInWords(batch.data.created_at, zone)}${byWhom(batch.data.created_by)}`}
      actions={
        <Button
          component="a"
          href={`/api/billing/claims/${batchId}/837p`}
          download={`${batch.data?.control_number ?? "claims"}.837p`}
          leftSection={<IconDownload size={17} aria-hidden />}
        >
          837P file
        </Button>
      }
    >
      <BillingPlaces />
      <Shown query={batch}>
        {({ claims }) => (
          <>
            <ClaimTable claims={claims} />
            {claims
              .filter(({ findings }) => findings.length > 0)
              .map((claim) => (
                <Panel key={claim.id} title={`Sent with warnings: ${claim.control_number}`}>
                  <Findings findings={claim.findings} />
                </Panel>
              ))}
            <Amend claims={claims} />
          </>
        )}
      </Shown>
    </Page>
  );
}

/** What an insurer has answered can be replaced, and what was sent can be taken back, under the insurer's own number. */
function Amend({ claims }: { claims: readonly Claim[] }) {
  const queries = useQueryClient();
  const amend = api.useMutation("post", "/api/billing/claims", {
    onSuccess: () => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      tell.done("The claim file is created. It is the newest in the list of claims.");
    },
  });
  const answered = claims.filter(
    ({ status, frequency, payer_reference }) =>
      payer_reference && status !== "replaced" && status !== "rejected" && frequency !== "8",
  );
  const send = (claim: Claim, frequency: "7" | "8") => {
    const body = { record_ids: [claim.record_id], frequency };
    amend.mutate({ body });
  };
  return (
    answered.length > 0 && (
      <Panel title="Correct or void claims" about="Correct the record first, then replace the claim.">
        {amend.error ? <ProblemNotice error={amend.error} title="No claim was sent" /> : null}
        {answered.map((claim) => (
          <Button.Group key={claim.id} aria-label={claim.control_number}>
            <Button variant="default" size="xs" onClick={() => send(claim, "7")} loading={amend.isPending}>
              Replace {claim.control_number}
            </Button>
            <Button variant="default" size="xs" onClick={() => send(claim, "8")} loading={amend.isPending}>
              Void {claim.control_number}
            </Button>
          </Button.Group>
        ))}
      </Panel>
    )
  );
}
