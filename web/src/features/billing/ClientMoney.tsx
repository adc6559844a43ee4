// A client's money, wherever a page wants to show it: coverage, discounts, estimates, statement, and their details on documents.
import { Stack } from "@mantine/core";
import { api } from "@/api";
import { Coverages } from "./Coverages";
import { Discounts } from "./Discounts";
import { Estimates } from "./Estimates";
import { CLIENT } from "./fields";
import { namesOf } from "./form";
import { Party } from "./Party";
import { Statement } from "./Statement";
import { profile } from "./sources";
import { WithoutDiagnoses } from "./WithoutDiagnoses";

export function ClientMoney({ clientId }: { clientId: string }) {
  const client = api.useQuery("get", "/api/scheduling/clients/{client_id}", {
    params: { path: { client_id: clientId } },
  });
  return (
    <Stack gap="md">
      <Coverages clientId={clientId} />
      <Discounts clientId={clientId} />
      <Estimates clientId={clientId} />
      <Statement clientId={clientId} />
      <Party
        name="profile"
        title="Details for claims and documents"
        about="Printed on claims, superbills and statements only"
        source={profile(clientId)}
        fields={CLIENT}
        suggested={client.isPending ? null : namesOf(client.data?.full_name ?? "")}
      />
      <WithoutDiagnoses clientId={clientId} />
    </Stack>
  );
}
