// Whether insurance is billed: by itself where whoever is billed has one, otherwise as somebody chooses.
import { Switch } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { api } from "@/api";
import { useClients } from "@/features/people/names";
import { inDollars, isNothing } from "@/money";
import type { Day } from "@/time";

interface Coverage {
  readonly payer: string | null;
  readonly plan: string;
  readonly terms: string;
}

/** Of several clients who are billed each. */
interface Parted {
  readonly covered: readonly string[];
  readonly uncovered: readonly string[];
}

/** What covers whoever is billed: nothing is `null`; `unknown` where billing does not answer; undefined until it has. */
export type Covered = Coverage | Parted | null | "unknown" | undefined;

/** What covers these clients on a day, or on one of the days until `last`. */
export function useCoverage(clientIds: readonly string[], day: Day, last: Day = day): Covered {
  const coverages = useQueries({
    queries: clientIds.map((client_id) =>
      api.queryOptions("get", "/api/billing/clients/{client_id}/coverages", { params: { path: { client_id } } }),
    ),
  });
  const inForce = coverages.map(({ data }) =>
    data?.items.find(
      ({ effective_from, effective_to }) => effective_from <= last && (effective_to === null || day <= effective_to),
    ),
  );
  const only = clientIds.length === 1 ? inForce[0] : undefined;
  const payer = api.useQuery(
    "get",
    "/api/billing/payers/{payer_id}",
    { params: { path: { payer_id: only?.payer_id ?? "" } } },
    { enabled: only !== undefined },
  );
  const names = useClients(clientIds.length > 1 ? clientIds : []).map(({ name }) => name);
  if (clientIds.length === 0 || coverages.some(({ isPending }) => isPending)) {
    return;
  }
  if (coverages.some(({ data }) => !data)) {
    return "unknown";
  }
  if (only) {
    return { payer: payer.data?.payer_name ?? null, plan: only.plan_name, terms: termsOf(only) };
  }
  const covered = names.filter((_, index) => inForce[index]);
  return covered.length > 0 ? { covered, uncovered: names.filter((_, index) => !inForce[index]) } : null;
}

interface InsuranceProps {
  readonly coverage: Covered;
  /** What coverage was looked for. */
  readonly dates?: "this date" | "these dates";
  readonly checked: boolean;
  readonly onChange: (insurance: boolean) => void;
}

/** The switch, and what stands behind it. */
export function Insurance({ coverage, dates = "this date", checked, onChange }: InsuranceProps) {
  return (
    <Switch
      label="Bill insurance"
      description={coverage === undefined ? undefined : inWords(coverage, dates)}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

function inWords(coverage: Exclude<Covered, undefined>, dates: string): string {
  if (coverage === "unknown") {
    return "Billing does not answer, so coverage is unknown. Insurance is billed for whoever has coverage; switch it off if it is not to be.";
  }
  if (coverage === null) {
    return `No coverage on file for ${dates}: the client pays.`;
  }
  if ("covered" in coverage) {
    const { covered, uncovered } = coverage;
    const rest = uncovered.length > 0 ? ` No coverage on file for ${dates}: ${listed(uncovered)}.` : "";
    return `Covered: ${listed(covered)}.${rest}`;
  }
  return [coverage.payer, coverage.plan, coverage.terms].filter(Boolean).join(" · ");
}

const NAMED_AT_MOST = 5;

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_AT_MOST;
  return more > 0 ? `${names.slice(0, NAMED_AT_MOST).join(", ")} and ${more} more` : names.join(", ");
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
