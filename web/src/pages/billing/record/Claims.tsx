import { Anchor, Group, List, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";
import { api, type BillingRecord } from "@/api";
import { CLAIMS_HASH } from "@/features/billing/claims";
import { Loaded, Money, Panel, Tag, useAt } from "@/ui";
import { CLAIMS, FREQUENCIES } from "../labels";
import { Rejections } from "../RejectedClaim";
import { Withdraw } from "../WithdrawClaim";
import { ClaimNow } from "./ClaimNow";

/** The claims of this record, and the insurers' answers. */
export function Claims({ record }: { record: BillingRecord }) {
  const at = useAt();
  const claims = api.useQuery("get", "/api/billing/claims", {
    params: { query: { record_id: record.id, revisions: true } },
  });
  const panel = useRef<HTMLDivElement>(null);
  const { hash, key } = useLocation();
  const isMeant = hash === CLAIMS_HASH && claims.data !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each way here leads to it again
  useEffect(() => {
    if (isMeant) {
      panel.current?.scrollIntoView({ block: "center" });
      panel.current?.focus({ preventScroll: true });
    }
  }, [isMeant, key]);
  const remittances = api.useQuery("get", "/api/billing/remittances", { params: { query: { record_id: record.id } } });
  return (
    <div ref={panel} tabIndex={-1}>
      <Panel title="Insurance" about="Claims sent for this record and the insurer's answers.">
        <Loaded query={claims}>
          {({ items }) =>
            items.length > 0 ? (
              <List spacing={6} size="sm">
                {items.map((claim) => (
                  <List.Item key={claim.id}>
                    <Group gap={6}>
                      <Anchor component={Link} to={at(`/billing/claims/${claim.batch_id}`)} inherit>
                        {claim.control_number}
                      </Anchor>
                      {FREQUENCIES[claim.frequency]} to {claim.payer_name}, <Money amount={claim.total_amount} />
                      <Tag tone={CLAIMS[claim.status][1]}>{CLAIMS[claim.status][0]}</Tag>
                      {claim.record_id === record.id ? null : (
                        <Anchor component={Link} to={at(`/billing/records/${claim.record_id}`)} inherit>
                          for another version of this record
                        </Anchor>
                      )}
                    </Group>
                    {claim.to_be_withdrawn ? (
                      <Text size="sm">The record is voided, but the insurer still has this claim. Withdraw it.</Text>
                    ) : null}
                    {claim.rejections.length > 0 && <Rejections claim={claim} />}
                    <Withdraw claim={claim} />
                  </List.Item>
                ))}
              </List>
            ) : (
              <Text size="sm" c="dimmed">
                No claim sent yet.
              </Text>
            )
          }
        </Loaded>
        <ClaimNow record={record} />
        {(remittances.data?.items ?? []).map((remittance) => (
          <Anchor key={remittance.id} component={Link} to={at(`/billing/remittances/${remittance.id}`)} size="sm">
            {remittance.status === "posted" ? "Answered by" : "Named in"} remittance {remittance.trace_number}
            {remittance.payer_name && ` of ${remittance.payer_name}`}
            {remittance.status !== "posted" && ", which is not posted"}
          </Anchor>
        ))}
      </Panel>
    </div>
  );
}
