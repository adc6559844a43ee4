// A client's money, wherever a page wants to show it: coverage, discounts, estimates, statement, and their details on documents.
import { Stack } from "@mantine/core";
import { Coverages } from "./Coverages";
import { Discounts } from "./Discounts";
import { Estimates } from "./Estimates";
import { CLIENT } from "./fields";
import { Party } from "./Party";
import { Statement } from "./Statement";
import { profile } from "./sources";
import { WithoutDiagnoses } from "./WithoutDiagnoses";

export function ClientMoney({ clientId }: { clientId: string }) {
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
      />
      <WithoutDiagnoses clientId={clientId} />
    </Stack>
  );
}
