import { Alert, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api";
import { useNetworkZone } from "@/features/site";
import { refreshAfter } from "@/live";
import { typedAmount } from "@/money/typed";
import { isDay, today } from "@/time";
import { AmountInput, FormDrawer, fieldErrors, Money, notify } from "@/ui";

const TYPING_MS = 300;
const FIELDS = ["service_code", "credential", "amount", "effective_from", "effective_to"] as const;

/** A fee that is agreed, with what it would change for booked sessions before it is made. */
export function AddFee({ payerId, onClose }: { payerId: string; onClose: () => void }) {
  const zone = useNetworkZone();
  const begun = {
    service_code: "",
    credential: "",
    amount: "",
    effective_from: today(zone),
    effective_to: "",
  };
  const [fee, setFee] = useState(begun);
  const queries = useQueryClient();
  const add = api.useMutation("post", "/api/billing/payers/{payer_id}/fees", {
    onSuccess: (made) => {
      void refreshAfter(queries, "billing.record_created.v1");
      notify.done(`The fee for ${made.service_code} is saved.`);
      onClose();
    },
  });
  const errors = fieldErrors(add.error, FIELDS);
  const body = {
    service_code: fee.service_code.trim().toUpperCase(),
    amount: typedAmount(fee.amount) ?? fee.amount,
    effective_from: fee.effective_from,
    ...(fee.credential.trim() ? { credential: fee.credential.trim() } : {}),
    ...(fee.effective_to ? { effective_to: fee.effective_to } : {}),
  };
  const field = (name: keyof typeof begun, label: string, more: Readonly<Record<string, unknown>> = {}) => (
    <TextInput
      label={label}
      value={fee[name]}
      onChange={(event) => setFee({ ...fee, [name]: event.currentTarget.value })}
      error={errors.at(name)}
      autoComplete="off"
      {...more}
    />
  );
  return (
    <FormDrawer
      title="Add a fee"
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => add.mutate({ params: { path: { payer_id: payerId } }, body })}
      busy={add.isPending}
      dirty={JSON.stringify(fee) !== JSON.stringify(begun)}
      errors={errors}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {field("service_code", "Code", { required: true, "data-autofocus": true, placeholder: "90837" })}
        {field("credential", "Credential", { placeholder: "any", description: "Such as PsyD" })}
        <AmountInput
          label="Fee per unit"
          value={fee.amount}
          onChange={(amount) => setFee({ ...fee, amount })}
          error={errors.at("amount")}
          required
        />
        {field("effective_from", "From", { type: "date", required: true })}
        {field("effective_to", "To", { type: "date", description: "No end date when empty" })}
      </SimpleGrid>
      <Impact payerId={payerId} fee={body} />
    </FormDrawer>
  );
}

interface WantedFee {
  readonly service_code: string;
  readonly amount: string;
  readonly effective_from: string;
  readonly effective_to?: string;
  readonly credential?: string;
}

/** What the fee would change for sessions that are booked. */
function Impact({ payerId, fee }: { payerId: string; fee: WantedFee }) {
  const [settled] = useDebouncedValue(JSON.stringify(fee), TYPING_MS);
  const wanted: WantedFee = JSON.parse(settled);
  const isWhole = wanted.service_code !== "" && typedAmount(wanted.amount) !== null && isDay(wanted.effective_from);
  const impact = api.useQuery(
    "get",
    "/api/billing/payers/{payer_id}/fees/impact",
    { params: { path: { payer_id: payerId }, query: wanted } },
    { enabled: isWhole },
  );
  if (!isWhole || !impact.data) {
    return null;
  }
  const found = impact.data;
  return (
    <Alert
      color="teal"
      title="Booked sessions affected"
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Text size="sm" role="status">
        {found.sessions === 0
          ? "No booked session is affected."
          : `${found.sessions} booked ${found.sessions === 1 ? "session is" : "sessions are"} affected:`}
        {found.sessions > 0 && (
          <>
            {" "}
            the payer owes <Money amount={found.insurance_then} /> instead of <Money amount={found.insurance_now} />,
            clients <Money amount={found.client_then} /> instead of <Money amount={found.client_now} />: a difference of{" "}
            <Money amount={found.difference} fw={600} />.
          </>
        )}
      </Text>
    </Alert>
  );
}
