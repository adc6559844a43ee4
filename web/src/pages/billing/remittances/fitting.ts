// Which claims a payment for a claim may be for that nobody knows by its number.
import type { Claim } from "@/api";
import { inDollars } from "@/money";
import { dayInWords } from "@/time";
import type { Choice } from "@/ui";
import { CLAIMS } from "../labels";

/** CLP02 of an answer that takes an earlier one back. */
const REVERSAL = "22";
/** What waits for an answer. */
const OPEN: ReadonlySet<Claim["status"]> = new Set(["submitted", "accepted"]);
/** What was never decided, or has another claim in its place. */
const PASSED: ReadonlySet<Claim["status"]> = new Set(["rejected", "replaced"]);

/** The frequency of a claim that only takes another one back. */
const TAKES_BACK = "8";

type Fitting = Pick<
  Claim,
  | "record_id"
  | "client_id"
  | "control_number"
  | "payer_name"
  | "service_date"
  | "total_amount"
  | "frequency"
  | "status"
  | "to_be_withdrawn"
>;

/** Whether an answer takes an earlier one back. */
export function isReversalOf({ status_code }: { readonly status_code: string }): boolean {
  return status_code === REVERSAL;
}

/** The records of claims that can take the payment, as people know them: those that wait first, of a reversal those that are
 * answered, and among them those of the same payer and day. */
export function fitting(
  claims: readonly Fitting[],
  names: ReadonlyMap<string, string>,
  file: { readonly payer: string | null; readonly day: string | null; readonly isReversal: boolean },
): Choice[] {
  const payer = plain(file.payer ?? "");
  const rank = (claim: Fitting) =>
    Number(OPEN.has(claim.status) === file.isReversal) * 4 +
    Number(plain(claim.payer_name) !== payer) * 2 +
    Number(claim.service_date !== file.day);
  const seen = new Set<string>();
  return claims
    .filter(
      (claim) =>
        claim.frequency !== TAKES_BACK && (file.isReversal || !claim.to_be_withdrawn) && !PASSED.has(claim.status),
    )
    .filter(({ record_id }) => !seen.has(record_id) && seen.add(record_id))
    .toSorted((one, other) => rank(one) - rank(other))
    .map((claim) => ({
      value: claim.record_id,
      label: [
        names.get(claim.client_id) ?? "A client",
        claim.payer_name,
        dayInWords(claim.service_date),
        inDollars(claim.total_amount),
        claim.control_number,
        ...(OPEN.has(claim.status) ? [] : [CLAIMS[claim.status][0]]),
      ].join(", "),
    }));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
