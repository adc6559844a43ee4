import { Anchor, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api, type BillingRecord } from "@/api";
import { isNothing } from "@/money";
import { Money, useAt } from "@/ui";

/** Credit that is left on records which this one replaced; nothing where there is none. */
export function useCreditBefore(record: BillingRecord): ReactNode {
  const at = useAt();
  const records = api.useQuery(
    "get",
    "/api/billing/records",
    { params: { query: { session_id: record.session_id, client_id: record.client_id } } },
    { enabled: record.replaces_id !== null },
  );
  if (records.error && !records.data) {
    return "not known now";
  }
  const credited = (records.data?.items ?? []).filter(
    ({ id, unapplied_credit }) => id !== record.id && !isNothing(unapplied_credit),
  );
  return (
    credited.length > 0 && (
      <Group gap={6}>
        {credited.map(({ id, unapplied_credit }) => (
          <Anchor key={id} component={Link} to={at(`/billing/records/${id}`)} inherit>
            <Money amount={unapplied_credit} />
          </Anchor>
        ))}
      </Group>
    )
  );
}
