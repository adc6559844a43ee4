import { keepPreviousData } from "@tanstack/react-query";
import { api } from "@/api";
import { PagedList, Panel, usePages } from "@/ui";
import { useChoice } from "./Choice";
import { ClaimTable } from "./ClaimTable";

const ON_A_PAGE = 25;

/** Claims that the payer still has although nothing is billed to it any more, of the payer and the client that are chosen; absent while there are none. */
export function ToWithdraw() {
  const { wanted } = useChoice();
  const pages = usePages(`to withdraw ${JSON.stringify(wanted)}`);
  const { cursor } = pages;
  const claims = api.useQuery(
    "get",
    "/api/billing/claims",
    { params: { query: { ...wanted, to_be_withdrawn: true, limit: ON_A_PAGE, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  if (claims.data?.items.length === 0 && !cursor) {
    return null;
  }
  // Shown only once there are some, so that nothing below it jumps.
  if (claims.isPending) {
    return null;
  }
  return (
    <Panel
      title="To be withdrawn"
      about="The insurer still has these claims, but their records are voided and the session is no longer billed to it."
    >
      <PagedList query={claims} pages={pages} order="newest first" empty={null}>
        {(items) => <ClaimTable claims={items} />}
      </PagedList>
    </Panel>
  );
}
