// Which claims a payment for a claim may be for that nobody knows by its number.
import type { Claim } from "@/api";
import { inDollars } from "@/money";
import { dayInWords } from "@/time";
import type { Choice } from "@/ui";

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
  | "to_be_withdrawn"
>;

/** The records of claims that can take the payment, those of the same payer and day first, as people know them. */
export function fitting(
  claims: readonly Fitting[],
  names: ReadonlyMap<string, string>,
  file: { readonly payer: string | null; readonly day: string | null },
): Choice[] {
  const payer = plain(file.payer ?? "");
  const rank = (claim: Fitting) =>
    Number(plain(claim.payer_name) !== payer) * 2 + Number(claim.service_date !== file.day);
  const seen = new Set<string>();
  return claims
    .filter(({ frequency, to_be_withdrawn }) => frequency !== TAKES_BACK && !to_be_withdrawn)
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
      ].join(", "),
    }));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
