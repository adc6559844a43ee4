// One file of claims: what went into it, and the file as it was sent.
import { Button, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useParams } from "react-router";
import { api, type Claim } from "@/api";
import { byWhom } from "@/features/people/names";
import { useNetworkZone } from "@/features/site";
import { momentInWords } from "@/time";
import { Confirm, fieldErrors, Loaded, Page, Panel } from "@/ui";
import { BillingPlaces } from "../../BillingPlaces";
import { Findings } from "../../Findings";
import { useSendClaim } from "../../useSendClaim";
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
      <Loaded query={batch} named={{ kind: "claim file", all: "All claims", path: "/billing/claims" }}>
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
      </Loaded>
    </Page>
  );
}

/** What an insurer has answered can be replaced, and what was sent can be taken back, under the insurer's own number. */
function Amend({ claims }: { claims: readonly Claim[] }) {
  const [chosen, choose] = useState<Amendment | null>(null);
  const answered = claims.filter(
    ({ status, frequency, payer_reference }) =>
      payer_reference && status !== "replaced" && status !== "rejected" && frequency !== "8",
  );
  return (
    answered.length > 0 && (
      <Panel title="Correct or void claims" about="Correct the record first, then replace the claim.">
        {answered.map((claim) => (
          <Button.Group key={claim.id} aria-label={claim.control_number}>
            <Button variant="default" size="xs" onClick={() => choose({ claim, frequency: "7" })}>
              Replace {claim.control_number}
            </Button>
            <Button variant="default" size="xs" onClick={() => choose({ claim, frequency: "8" })}>
              Void {claim.control_number}
            </Button>
          </Button.Group>
        ))}
        {chosen && <ConfirmAmendment amendment={chosen} onClose={() => choose(null)} />}
      </Panel>
    )
  );
}

interface Amendment {
  readonly claim: Claim;
  readonly frequency: "7" | "8";
}

/** Asks before a claim that takes the place of another, or takes it back, is written into a file. */
export function ConfirmAmendment({ amendment, onClose }: { amendment: Amendment; onClose: () => void }) {
  const { claim, frequency } = amendment;
  const { send, error, isPending } = useSendClaim("The claim is in a new file.");
  const isVoid = frequency === "8";
  return (
    <Confirm
      title={`${isVoid ? "Void" : "Replace"} claim ${claim.control_number}?`}
      opened
      onClose={onClose}
      submitLabel={isVoid ? "Void the claim" : "Replace the claim"}
      onSubmit={() => send(claim, frequency, claim.payer_reference)}
      busy={isPending}
      grave={isVoid}
      errors={fieldErrors(error, [])}
    >
      <Text size="sm">
        {isVoid
          ? `A void of this claim is written into a new file for ${claim.payer_name}. If the payer has paid for it, it will take the payment back.`
          : `A claim with the present data of the record is written into a new file for ${claim.payer_name}.`}{" "}
        This cannot be undone.
      </Text>
    </Confirm>
  );
}
