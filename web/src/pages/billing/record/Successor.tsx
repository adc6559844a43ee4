import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { api, type BillingRecord } from "@/api";
import { useAt } from "@/ui";

/** Leads from a voided record to the one in its place, if there is one. */
export function Successor({ record }: { record: BillingRecord }) {
  const at = useAt();
  const ofSession = api.useQuery("get", "/api/billing/records", {
    params: { query: { session_id: record.session_id, client_id: record.client_id } },
  });
  const next = ofSession.data?.items.find(({ replaces_id }) => replaces_id === record.id);
  if (!ofSession.data) {
    return null;
  }
  return next ? (
    <Anchor component={Link} to={at(`/billing/records/${next.id}`)} inherit>
      the corrected record
    </Anchor>
  ) : (
    "nothing"
  );
}
