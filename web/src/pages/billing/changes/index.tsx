// The change log: who changed which payer, fee, coverage, discount or party, or posted to which record.
import { Select } from "@mantine/core";
import { Changes } from "@/features/billing/Changes";
import { Page, useAddress } from "@/ui";
import { BillingPlaces } from "../BillingPlaces";

const KINDS = [
  { value: "payer", label: "Payers" },
  { value: "fee", label: "Fees" },
  { value: "coverage", label: "Coverages" },
  { value: "discount", label: "Discounts" },
  { value: "organization", label: "The organization" },
  { value: "facility", label: "Sites" },
  { value: "provider", label: "Therapists" },
  { value: "client", label: "Clients" },
  { value: "payment", label: "Payments" },
  { value: "refund", label: "Refunds" },
  { value: "adjustment", label: "Adjustments" },
  { value: "write_off", label: "Write-offs" },
  { value: "credit", label: "Credits" },
  { value: "void", label: "Voids" },
];

export function Component() {
  const [query, put] = useAddress();
  const what = KINDS.find(({ value }) => value === query.get("what"))?.value ?? null;
  return (
    <Page
      title="Changes"
      about="Changes to data that prices and claims depend on, with the values before and after, and who posted what to records."
    >
      <BillingPlaces />
      <Select
        label="Kind"
        placeholder="All"
        data={KINDS}
        value={what}
        onChange={(value) => put({ what: value })}
        clearable
        w={220}
      />
      <Changes key={what} what={what} />
    </Page>
  );
}
