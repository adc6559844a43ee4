import { Group } from "@mantine/core";
import { PayerSelect } from "@/features/billing/PayerSelect";
import { ClientSelect } from "@/features/people/PersonSelect";
import { useAddress } from "@/ui";

/** Whose claims are listed, those that are to be made and those that were sent alike; it stands in the address. */
export function Choice() {
  const [, put] = useAddress();
  const { payer, client } = useChoice();
  return (
    <Group gap="sm" role="search" aria-label="Claims">
      <PayerSelect
        label="Payer"
        placeholder="All payers"
        value={payer}
        onChange={(value) => put({ payer: value })}
        clearable
        style={{ flex: "1 1 200px", maxWidth: 320 }}
      />
      <ClientSelect
        onlyKnown
        label="Client"
        placeholder="All clients"
        value={client}
        onChange={(value) => put({ client: value })}
        style={{ flex: "1 1 200px", maxWidth: 320 }}
      />
    </Group>
  );
}

/** The payer and the client that are chosen. */
export function useChoice() {
  const [address] = useAddress();
  return { payer: address.get("payer"), client: address.get("client") };
}
