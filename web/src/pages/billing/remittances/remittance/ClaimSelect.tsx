import { useQueries } from "@tanstack/react-query";
import { api, type Claim } from "@/api";
import type { components } from "@/api/billing";
import { useNames } from "@/features/people/names";
import { inDollars } from "@/money";
import { ListSelect } from "@/ui";
import { fitting } from "../fitting";

const CLAIMS_AT_MOST = 500;

interface Props {
  readonly label: string;
  readonly answer: components["schemas"]["ClaimPaymentView"];
  /** Who pays, as the file states. */
  readonly payer: string | null;
  readonly statuses: readonly Claim["status"][];
  readonly recordId: string | null;
  readonly onChoose: (recordId: string | null) => void;
}

/** The record of a claim that nobody knows by its number: one of the claims with the same charge. */
export function ClaimSelect({ label, answer, payer, statuses, recordId, onChoose }: Props) {
  const charge = answer.charge.replace("-", "");
  const found = useQueries({
    queries: statuses.map((status) =>
      api.queryOptions("get", "/api/billing/claims", {
        params: { query: { status, total_amount: charge, limit: CLAIMS_AT_MOST } },
      }),
    ),
  });
  const claims = found.flatMap(({ data }) => data?.items ?? []);
  const names = useNames({ clients: claims.map(({ client_id }) => client_id), therapists: [] });
  const choices = fitting(claims, names, { payer, day: answer.service_date });
  return (
    <ListSelect
      label={label}
      description={`Claims of ${inDollars(charge)}, those of the same payer and day first. Type a name, a day or a number.`}
      placeholder={choices.length > 0 ? "Choose" : "No claim has this amount"}
      data={choices}
      value={recordId}
      onChange={onChoose}
      clearable
      maw={560}
    />
  );
}
