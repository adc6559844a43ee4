// Who stands on claims and documents: the organization, its sites and its therapists, as insurers know them.
import { keepPreviousData } from "@tanstack/react-query";
import { api } from "@/api";
import { FACILITY, ORGANIZATION, PROVIDER } from "@/features/billing/fields";
import { Party } from "@/features/billing/Party";
import { facility, organization, provider } from "@/features/billing/sources";
import { useTherapist } from "@/features/people/names";
import { siteInWords, useSites } from "@/features/site";
import { Page, PagedList, useAddress, usePages } from "@/ui";
import { BillingPlaces } from "../BillingPlaces";

const THERAPISTS_ON_A_PAGE = 10;
const THE_ORGANIZATION = "organization";

export function Component() {
  const { allSites } = useSites();
  const [query] = useAddress();
  const edited = query.get("edit");
  const isTherapist = edited !== null && edited !== THE_ORGANIZATION && !allSites.some(({ id }) => id === edited);
  const wanted = useTherapist(isTherapist ? edited : null);
  const pages = usePages();
  const { cursor } = pages;
  const therapists = api.useQuery(
    "get",
    "/api/scheduling/therapists",
    { params: { query: { is_active: true, limit: THERAPISTS_ON_A_PAGE, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Page title="Our details" about="Printed on claims, superbills and statements. Claims already sent do not change.">
      <BillingPlaces />
      <Party
        name={THE_ORGANIZATION}
        title="The organization"
        about="Billing provider"
        source={organization()}
        fields={ORGANIZATION}
      />
      {allSites.map((site) => (
        <Party
          key={site.id}
          name={site.id}
          title={siteInWords(site)}
          about="Site as printed on claims"
          source={facility(site.id)}
          fields={FACILITY}
        />
      ))}
      <PagedList query={therapists} pages={pages} empty={null} total={() => "Therapists by name"}>
        {(items) =>
          // Whoever a link leads to is shown, also where their page is another one.
          [wanted.data, ...items.filter(({ id }) => id !== wanted.data?.id)].map(
            (therapist) =>
              therapist && (
                <Party
                  key={therapist.id}
                  name={therapist.id}
                  title={therapist.full_name}
                  about="Therapist as printed on claims"
                  source={provider(therapist.id)}
                  fields={PROVIDER}
                />
              ),
          )
        }
      </PagedList>
    </Page>
  );
}
