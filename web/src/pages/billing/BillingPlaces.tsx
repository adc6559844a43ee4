import { Places } from "@/ui";

const PLACES = [
  ["Records", "/billing"],
  ["Claims", "/billing/claims"],
  ["Remittances", "/billing/remittances"],
  ["Credit", "/billing/credit"],
  ["Reports", "/billing/reports"],
  ["Clients", "/billing/clients"],
  ["Payers", "/billing/payers"],
  ["Diagnosis codes", "/billing/diagnosis-codes"],
  ["Our details", "/billing/organization"],
  ["Changes", "/billing/changes"],
] as const;

/** The parts of billing, as links. */
export function BillingPlaces() {
  return <Places name="Billing" places={PLACES} />;
}
