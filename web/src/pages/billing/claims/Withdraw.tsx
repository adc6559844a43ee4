import { Button, Text, TextInput } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { Claim } from "@/api";
import { Ask } from "@/parts";
import { useSendClaim } from "./useSendClaim";

const LONGEST_REFERENCE = 50;

/** Takes back a claim that stands for a voided record, once somebody has confirmed it. */
export function Withdraw({ claim }: { claim: Claim }) {
  const [isAsked, ask] = useState(false);
  if (!claim.to_be_withdrawn) {
    return null;
  }
  return (
    <div>
      <Button
        variant="default"
        size="xs"
        mt={4}
        leftSection={<IconArrowBackUp size={15} aria-hidden />}
        aria-label={`Withdraw ${claim.control_number}`}
        onClick={() => ask(true)}
      >
        Withdraw
      </Button>
      {isAsked && <AskToWithdraw claim={claim} onClose={() => ask(false)} />}
    </div>
  );
}

/** What a withdrawal does; the payer's own number is needed where no answer has said it. */
function AskToWithdraw({ claim, onClose }: { claim: Claim; onClose: () => void }) {
  const [typed, type] = useState("");
  const [isTried, setTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const { send, error, isPending } = useSendClaim("The withdrawal is in a new file.");
  const reference = claim.payer_reference ?? typed.trim();

  function withdraw(): void {
    setTried(true);
    if (reference) {
      send(claim, "8", reference);
    } else {
      field.current?.focus();
    }
  }

  return (
    <Ask
      title={`Withdraw claim ${claim.control_number}?`}
      opened
      onClose={onClose}
      doIt="Withdraw the claim"
      onDo={withdraw}
      busy={isPending}
      grave
      error={error}
    >
      <Text size="sm">
        A void of this claim is written into a new file for {claim.payer_name}. This cannot be undone. If the payer has
        paid for it, it will take the payment back.
      </Text>
      {claim.payer_reference ? (
        <Text size="sm">Payer's claim number: {claim.payer_reference}</Text>
      ) : (
        <TextInput
          ref={field}
          label="Payer's claim number"
          description="From the payer's answer or portal"
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
          error={isTried && !reference && "Enter the number from the payer's answer or portal."}
          maxLength={LONGEST_REFERENCE}
          data-autofocus
        />
      )}
    </Ask>
  );
}
