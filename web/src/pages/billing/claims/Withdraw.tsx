import { Button, Stack, TextInput } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { Claim } from "@/api";
import { ProblemNotice } from "@/parts";
import { useSendClaim } from "./useSendClaim";

const LONGEST_REFERENCE = 50;

/** Takes back a claim that stands for a voided record; the payer's own number is asked for where no answer has said it. */
export function Withdraw({ claim }: { claim: Claim }) {
  const [typed, type] = useState("");
  const [isTried, setTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const { send, error, isPending } = useSendClaim("The withdrawal is in a new file.");
  if (!claim.to_be_withdrawn) {
    return null;
  }
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
    <Stack gap={4} mt={4} align="flex-start">
      {claim.payer_reference ? null : (
        <TextInput
          ref={field}
          size="xs"
          label="Payer's claim number"
          aria-label={`Payer's claim number of ${claim.control_number}`}
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
          error={isTried && !reference && "Enter the number from the payer's answer or portal."}
          maxLength={LONGEST_REFERENCE}
        />
      )}
      {error ? <ProblemNotice error={error} title="Not withdrawn" /> : null}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowBackUp size={15} aria-hidden />}
        loading={isPending}
        aria-label={`Withdraw ${claim.control_number}`}
        onClick={withdraw}
      >
        Withdraw
      </Button>
    </Stack>
  );
}
