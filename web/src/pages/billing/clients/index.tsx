// Clients' accounts: pick one and see what covers them, what they are given off, and their papers.
import { useNavigate } from "react-router";
import { ClientSelect } from "@/features/people/PersonSelect";
import { Empty, Page, useAt } from "@/ui";
import { BillingPlaces } from "../BillingPlaces";

export function Component() {
  const navigate = useNavigate();
  const at = useAt();
  return (
    <Page title="Clients' accounts" about="Insurance, discounts and documents by client.">
      <BillingPlaces />
      <ClientSelect
        label="Client"
        placeholder="Type a name"
        value={null}
        onChange={(id) => id && void navigate(at(`/billing/clients/${id}`))}
        style={{ maxWidth: 420 }}
      />
      <Empty title="Choose a client">Type part of the name and choose the client.</Empty>
    </Page>
  );
}
