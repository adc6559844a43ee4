import { isNothing } from "@/money";

interface Adjusted {
  readonly contractual_adjustment: string;
  readonly other_adjustment: string;
}

/** What of a price neither the client nor the insurance pays. */
export function adjustmentsOf({ contractual_adjustment, other_adjustment }: Adjusted) {
  const parts = [
    ["contractual adjustment", contractual_adjustment],
    ["discount", other_adjustment],
  ] as const;
  return parts.filter(([, amount]) => !isNothing(amount));
}
