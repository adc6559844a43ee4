import { Places } from "@/parts";

const PLACES = [
  ["Records", "/billing"],
  ["Claims", "/billing/claims"],
  ["Remittances", "/billing/remittances"],
  ["Reports", "/billing/reports"],
  ["Payers", "/billing/payers"],
  ["Our details", "/billing/organization"],
] as const;

/** The parts of billing, as links. */
export function BillingPlaces() {
  return <Places name="Billing" places={PLACES} />;
}
