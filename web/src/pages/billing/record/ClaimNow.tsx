import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api, type BillingRecord } from "@/api";
import { Loaded, ProblemNotice, useAt } from "@/ui";
import { Findings } from "../Findings";
import { useSendClaim } from "../useSendClaim";

/** What stands for a record is amended where it was sent, and not claimed again. */
const STANDING: Readonly<Record<string, string>> = {
  ALREADY_CLAIMED: "Claimed already. Open the claim to replace it or to take it back.",
  RECORD_DENIED: "The insurer has denied it. Open the claim to replace it.",
};

/** Claims a record of which no claim stands, or states why it cannot be claimed. */
export function ClaimNow({ record }: { record: BillingRecord }) {
  const at = useAt();
  if (record.payment_status === "voided") {
    return null;
  }
  if (record.kind !== "session") {
    return <Reason>Not claimed: insurers do not pay this fee.</Reason>;
  }
  if (!record.insurance_applicable) {
    return (
      <Reason>
        Not claimed: booked as self-pay.{" "}
        <Anchor component={Link} to={at(`/billing/records/${record.id}?step=replacement`)} inherit underline="always">
          Correct the record
        </Anchor>{" "}
        to bill insurance.
      </Reason>
    );
  }
  return <Checked record={record} />;
}

function Checked({ record }: { record: BillingRecord }) {
  const check = api.useQuery("post", "/api/billing/claims/check", { body: { record_ids: [record.id] } });
  const { send, error, isPending } = useSendClaim("The claim is in the file.");
  return (
    <Loaded query={check}>
      {({ items }) =>
        items.map(({ record_id, claimable, frequency, findings }) => {
          const standing = findings.map(({ code }) => STANDING[code]).find(Boolean);
          if (standing) {
            return <Reason key={record_id}>{standing}</Reason>;
          }
          return (
            <Stack key={record_id} gap="xs">
              {error ? <ProblemNotice error={error} title="No claim was sent" /> : null}
              {claimable ? (
                <Group>
                  <Button
                    leftSection={<IconSend size={17} aria-hidden />}
                    loading={isPending}
                    onClick={() => send({ record_id }, "1", null)}
                  >
                    {frequency === "7" ? "Create a claim file to replace it" : "Create a claim file"}
                  </Button>
                </Group>
              ) : (
                <Text size="sm" fw={600}>
                  Cannot be claimed like this:
                </Text>
              )}
              {findings.length > 0 && <Findings findings={findings} record={record} />}
            </Stack>
          );
        })
      }
    </Loaded>
  );
}

function Reason({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
