import { Group } from "@mantine/core";
import { PayerSelect } from "@/features/billing/PayerSelect";
import { ClientSelect } from "@/features/people/PersonSelect";
import { useAddress } from "@/ui";

/** Whose claims are listed, those that are to be made, to be withdrawn and sent alike; it stands in the address. */
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

/** The payer and the client that are chosen, and claims of them as they are asked for. */
export function useChoice() {
  const [address] = useAddress();
  const [payer, client] = [address.get("payer"), address.get("client")];
  const wanted = { ...(payer ? { payer_id: payer } : {}), ...(client ? { client_id: [client] } : {}) };
  return { payer, client, wanted };
}
