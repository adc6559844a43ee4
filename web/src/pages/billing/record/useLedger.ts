import { api } from "@/api";

/** A record's ledger; all parts of its page share the answer. */
export function useLedger(record_id: string) {
  return api.useQuery("get", "/api/billing/records/{record_id}/ledger", { params: { path: { record_id } } });
}
