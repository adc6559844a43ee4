import { Button, List, Stack, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import type { Claim } from "@/api";
import { ProblemNotice } from "@/ui";
import { useSendClaim } from "./useSendClaim";

/** Why a claim was sent back, and sending it again once the reasons are corrected: as what it was, the first, a replacement or a void. */
export function Rejected({ claim }: { claim: Claim }) {
  const { send, error, isPending } = useSendClaim("The claim is in a new file.");
  if (claim.status !== "rejected") {
    return null;
  }
  return (
    <Stack gap={4} mt={4}>
      <Rejections claim={claim} />
      {error ? <ProblemNotice error={error} title="Not sent" /> : null}
      {claim.claimed_anew ? (
        <Text size="xs" c="dimmed">
          The session was claimed again or paid since.
        </Text>
      ) : (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconSend size={15} aria-hidden />}
          loading={isPending}
          aria-label={`Send ${claim.control_number} again`}
          onClick={() => send(claim, claim.frequency, claim.payer_reference, [claim.id])}
          style={{ alignSelf: "flex-start" }}
        >
          Send again
        </Button>
      )}
    </Stack>
  );
}

/** Why a claim was sent back, in words. */
export function Rejections({ claim }: { claim: Claim }) {
  return (
    <List size="sm" listStyleType="none" aria-label={`Why ${claim.control_number} was rejected`}>
      {claim.rejections.map(({ code, meaning, text }) => (
        <List.Item key={`${code} ${text}`}>{[meaning ?? code, text].filter(Boolean).join("; ")}</List.Item>
      ))}
    </List>
  );
}
