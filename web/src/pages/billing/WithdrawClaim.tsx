import { Button, Text, TextInput } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";
import type { Claim } from "@/api";
import { Confirm, fieldErrors, useMissing } from "@/ui";
import { useSendClaim } from "./useSendClaim";

const LONGEST_REFERENCE = 50;

/** Takes back a claim that stands for a voided record, once somebody has confirmed it. */
export function Withdraw({ claim }: { claim: Claim }) {
  const [isOpen, setOpen] = useState(false);
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
        onClick={() => setOpen(true)}
      >
        Withdraw
      </Button>
      {isOpen && <ConfirmWithdrawal claim={claim} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** What a withdrawal does; the payer's own number is needed where no answer has it. */
export function ConfirmWithdrawal({ claim, onClose }: { claim: Claim; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const withdrawal = useSendClaim("The withdrawal is in a new file.");
  const reference = claim.payer_reference ?? typed.trim();
  const { errors, send } = useMissing(
    fieldErrors(withdrawal.error, []),
    { reference: !reference && "Enter the number from the payer's answer or portal." },
    () => withdrawal.send(claim, "8", reference),
  );

  return (
    <Confirm
      title={`Withdraw claim ${claim.control_number}?`}
      opened
      onClose={onClose}
      submitLabel="Withdraw the claim"
      onSubmit={send}
      busy={withdrawal.isPending}
      grave
      errors={errors}
    >
      <Text size="sm">
        A void of this claim is written into a new file for {claim.payer_name}. This cannot be undone. If the payer has
        paid for it, it will take the payment back.
      </Text>
      {claim.payer_reference ? (
        <Text size="sm">Payer's claim number: {claim.payer_reference}</Text>
      ) : (
        <TextInput
          label="Payer's claim number"
          description="From the payer's answer or portal"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={errors.at("reference")}
          maxLength={LONGEST_REFERENCE}
          data-autofocus
        />
      )}
    </Confirm>
  );
}
