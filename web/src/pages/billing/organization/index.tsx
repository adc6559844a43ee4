// Who stands on claims and papers: the organization, its sites and its therapists, as insurers know them.
import { api } from "@/api";
import { FACILITY, ORGANIZATION, PROVIDER } from "@/billing/fields";
import { Party } from "@/billing/Party";
import { facility, organization, provider } from "@/billing/sources";
import { Page } from "@/parts";
import { useSites } from "@/site";
import { BillingPlaces } from "../BillingPlaces";

const THERAPISTS_AT_MOST = 200;

export function Component() {
  const { sites } = useSites();
  const therapists = api.useQuery("get", "/api/scheduling/therapists", {
    params: { query: { is_active: true, limit: THERAPISTS_AT_MOST } },
  });
  return (
    <Page title="Our details" about="Printed on claims, superbills and statements. Claims already sent do not change.">
      <BillingPlaces />
      <Party title="The organization" about="Billing provider" source={organization()} fields={ORGANIZATION} />
      {sites.map((site) => (
        <Party
          key={site.id}
          title={site.site_name}
          about="Site as printed on claims"
          source={facility(site.id)}
          fields={FACILITY}
        />
      ))}
      {(therapists.data?.items ?? []).map(({ id, full_name }) => (
        <Party
          key={id}
          title={full_name}
          about="Therapist as printed on claims"
          source={provider(id)}
          fields={PROVIDER}
        />
      ))}
    </Page>
  );
}
