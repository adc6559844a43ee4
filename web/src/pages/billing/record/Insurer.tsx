import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { api, type BillingRecord } from "@/api";
import { useAt } from "@/ui";

/** Who covers the client on the day of a record. */
export function Insurer({ record, payerId }: { record: BillingRecord; payerId: string }) {
  const at = useAt();
  const payer = api.useQuery("get", "/api/billing/payers/{payer_id}", { params: { path: { payer_id: payerId } } });
  return (
    <>
      <Anchor component={Link} to={at(`/billing/payers/${payerId}`)} inherit>
        {payer.data ? `${payer.data.payer_name} (${payer.data.payer_code})` : payer.isPending ? "…" : "Payer"}
      </Anchor>
      {record.insurance_covered ? "" : ", not billed for this session"}
    </>
  );
}
