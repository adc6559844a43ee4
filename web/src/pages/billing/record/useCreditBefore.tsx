import { Anchor, Group, Skeleton } from "@mantine/core";
import { Link } from "react-router";
import { api, type BillingRecord } from "@/api";
import { isNothing } from "@/money";
import { Money, useAt } from "@/ui";

/** Credit that is left on records which this one replaced. */
export function CreditBefore({ record }: { record: BillingRecord }) {
  const at = useAt();
  const records = api.useQuery("get", "/api/billing/records", {
    params: { query: { session_id: record.session_id, client_id: record.client_id } },
  });
  if (!records.data) {
    return records.error ? "not known now" : <Skeleton height={16} width={60} />;
  }
  const credited = records.data.items.filter(
    ({ id, unapplied_credit }) => id !== record.id && !isNothing(unapplied_credit),
  );
  return (
    <Group gap={6}>
      {credited.length === 0 ? <Money amount="0.00" /> : null}
      {credited.map(({ id, unapplied_credit }) => (
        <Anchor key={id} component={Link} to={at(`/billing/records/${id}`)} inherit>
          <Money amount={unapplied_credit} />
        </Anchor>
      ))}
    </Group>
  );
}
