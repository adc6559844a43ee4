// What a plan leaves to the client, as it is typed and as it is sent.
import type { Coverage, NewCoverage } from "@/api";
import { typedAmount } from "@/money/typed";
import { wholeNumber } from "@/ui/wholeNumber";

export const TERMS = {
  copay: "Copay per visit",
  coinsurance_percent: "Coinsurance",
  deductible_remaining: "Deductible remaining",
  out_of_pocket_remaining: "Out-of-pocket remaining",
  authorization_number: "Authorization number",
  visits_authorized: "Authorized visits remaining",
  copay_after_deductible: "Visits with a copay also count toward the deductible",
} as const;

export interface Terms {
  readonly copay: string;
  readonly coinsurance_percent: string;
  readonly deductible_remaining: string;
  readonly out_of_pocket_remaining: string;
  readonly authorization_number: string;
  readonly visits_authorized: string;
  readonly copay_after_deductible: boolean;
}

export const NO_TERMS: Terms = {
  copay: "",
  coinsurance_percent: "",
  deductible_remaining: "",
  out_of_pocket_remaining: "",
  authorization_number: "",
  visits_authorized: "",
  copay_after_deductible: true,
};

const REMAINING = ["deductible_remaining", "out_of_pocket_remaining", "visits_authorized"] as const;

type Sent = Required<Pick<NewCoverage, keyof Terms>>;

/** A plan's terms as they are typed, with what is left of it by now. */
export function termsOf(coverage: Coverage): Terms {
  return {
    copay: coverage.copay,
    coinsurance_percent: String(coverage.coinsurance_percent),
    deductible_remaining: coverage.deductible_left,
    out_of_pocket_remaining: coverage.out_of_pocket_left ?? "",
    authorization_number: coverage.authorization_number ?? "",
    visits_authorized: coverage.visits_left === null ? "" : String(coverage.visits_left),
    copay_after_deductible: coverage.copay_after_deductible,
  };
}

/** What is sent of terms. What is no number is sent as it is, so that the answer names what would be one. */
export function sentTerms(terms: Terms): Sent {
  const { copay, coinsurance_percent, deductible_remaining, out_of_pocket_remaining, visits_authorized } = terms;
  return {
    copay: amountOf(copay || "0"),
    coinsurance_percent: coinsurance_percent.trim() || "0",
    deductible_remaining: amountOf(deductible_remaining || "0"),
    out_of_pocket_remaining: out_of_pocket_remaining.trim() ? amountOf(out_of_pocket_remaining) : null,
    authorization_number: terms.authorization_number.trim() || null,
    visits_authorized: visits_authorized.trim() ? wholeOf(visits_authorized) : null,
    copay_after_deductible: terms.copay_after_deductible,
  };
}

/** What is sent of changed terms; what is left of the plan comes with its day, as of which the service states the rest of it. */
export function sentChanges(changed: Partial<Terms>, day: string): Partial<Sent> & { as_of?: string } {
  const sent = sentTerms({ ...NO_TERMS, ...changed });
  const fields = Object.entries(sent).filter(([field]) => field in changed);
  return { ...Object.fromEntries(fields), ...(REMAINING.some((field) => field in changed) ? { as_of: day } : {}) };
}

function amountOf(text: string): string {
  return typedAmount(text) ?? text;
}

function wholeOf(text: string): number {
  return wholeNumber(text) ?? (text.trim() as unknown as number);
}
