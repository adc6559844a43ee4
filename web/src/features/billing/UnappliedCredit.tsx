import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import { api } from "@/api";
import { isNothing, sum } from "@/money";
import { Money, useAt } from "@/ui";

/** Of one client: hardly anybody has credit on more records. */
const READ_AT_MOST = 100;

interface UnappliedCreditProps {
  readonly clientId: string;
  /** Left out where the page is about this client alone. */
  readonly name?: string;
}

/** What a client paid that is applied to no bill, on whichever record it is, and the way to apply it; absent while there is none. */
export function UnappliedCredit({ clientId, name }: UnappliedCreditProps) {
  const at = useAt();
  const credits = api.useQuery("get", "/api/billing/credits", {
    params: { query: { client_id: clientId, limit: READ_AT_MOST } },
  });
  const amount = sum((credits.data?.items ?? []).map(({ client_credit }) => client_credit));
  return isNothing(amount) ? null : (
    <Text size="sm" role="status">
      {name ?? "The client"} has <Money amount={amount} fw={650} /> of unapplied credit, which the open balance does not
      include.{" "}
      <Anchor component={Link} to={at(`/billing/credit?client=${clientId}`)} inherit underline="always">
        Apply or refund it
      </Anchor>
    </Text>
  );
}
