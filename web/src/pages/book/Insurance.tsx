// Whether the client's insurance is billed: by itself where there is one, otherwise as somebody chooses.
import { Switch } from "@mantine/core";
import { api } from "@/api";
import { inDollars, isNothing } from "@/money";
import type { Day } from "@/time";

interface Coverage {
  readonly payer: string | null;
  readonly plan: string;
  readonly terms: string;
}

/** What covers a client: nothing is `null`; `unknown` where billing does not answer; undefined until it has. */
export type Covered = Coverage | null | "unknown" | undefined;

export function useCoverage(clientId: string | null, day: Day): Covered {
  const coverages = api.useQuery(
    "get",
    "/api/billing/clients/{client_id}/coverages",
    { params: { path: { client_id: clientId ?? "" } } },
    { enabled: clientId !== null },
  );
  const inForce = coverages.data?.items.find(
    ({ effective_from, effective_to }) => effective_from <= day && (effective_to === null || day <= effective_to),
  );
  const payer = api.useQuery(
    "get",
    "/api/billing/payers/{payer_id}",
    { params: { path: { payer_id: inForce?.payer_id ?? "" } } },
    { enabled: inForce !== undefined },
  );
  if (!coverages.data) {
    return coverages.error ? "unknown" : undefined;
  }
  return inForce ? { payer: payer.data?.payer_name ?? null, plan: inForce.plan_name, terms: termsOf(inForce) } : null;
}

interface InsuranceProps {
  readonly coverage: Covered;
  readonly checked: boolean;
  readonly onChange: (insurance: boolean) => void;
}

/** The switch, and what stands behind it. */
export function Insurance({ coverage, checked, onChange }: InsuranceProps) {
  return (
    <Switch
      label="Bill insurance"
      description={coverage === undefined ? undefined : inWords(coverage)}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

function inWords(coverage: Coverage | null | "unknown"): string {
  if (coverage === "unknown") {
    return "Billing does not answer, so coverage is unknown. Choose whether to bill insurance.";
  }
  return coverage
    ? [coverage.payer, coverage.plan, coverage.terms].filter(Boolean).join(" · ")
    : "No coverage on file for this date: the client pays.";
}

interface Terms {
  readonly copay: string;
  readonly coinsurance_percent: number | string;
  readonly deductible_left: string;
  readonly visits_left: number | null;
}

function termsOf({ copay, coinsurance_percent, deductible_left, visits_left }: Terms): string {
  return [
    isNothing(copay) ? "" : `copay ${inDollars(copay)}`,
    Number(coinsurance_percent) ? `coinsurance ${Number(coinsurance_percent)}%` : "",
    isNothing(deductible_left) ? "" : `deductible remaining ${inDollars(deductible_left)}`,
    visits_left === null ? "" : `${visits_left} authorized visits remaining`,
  ]
    .filter(Boolean)
    .join(", ");
}
