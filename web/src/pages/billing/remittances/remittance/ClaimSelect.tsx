import { Select } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { api, type Claim } from "@/api";
import { inDollars } from "@/money";
import { dayInWords } from "@/time";

const CLAIMS_AT_MOST = 500;

interface Props {
  readonly label: string;
  readonly charge: string;
  readonly statuses: readonly Claim["status"][];
  readonly recordId: string | null;
  readonly onChoose: (recordId: string | null) => void;
}

/** The record of a claim that nobody knows by its number: one of the claims with the same charge. */
export function ClaimSelect({ label, charge, statuses, recordId, onChoose }: Props) {
  const found = useQueries({
    queries: statuses.map((status) =>
      api.queryOptions("get", "/api/billing/claims", {
        params: { query: { status, total_amount: charge, limit: CLAIMS_AT_MOST } },
      }),
    ),
  });
  const fitting = found.flatMap(({ data }) => data?.items ?? []);
  return (
    <Select
      label={label}
      description={`Claims of ${inDollars(charge)}.`}
      placeholder={fitting.length > 0 ? "Choose" : "No claim has this amount"}
      data={fitting.map(({ record_id, control_number, service_date }) => ({
        value: record_id,
        label: `${control_number}, ${dayInWords(service_date)}`,
      }))}
      value={recordId}
      onChange={onChoose}
      searchable
      clearable
      maw={420}
    />
  );
}
