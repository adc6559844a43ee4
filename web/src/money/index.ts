// Money comes and goes as strings with two decimals; it is written for people here, and never becomes a float.

/** An amount as the services say it: `"185.00"`. */
export type Amount = string;

const CURRENCY = "USD";
const CENTS = /^(-?)(\d+)\.(\d\d)$/;
const format = new Intl.NumberFormat(globalThis.navigator?.language ?? "en-US", {
  style: "currency",
  currency: CURRENCY,
});

/** `$1,234.50`. */
export function inDollars(amount: Amount): string {
  return CENTS.test(amount) ? format.format(amount as Intl.StringNumericLiteral) : amount;
}

/** `+$10.00`: a difference is read by its sign. */
export function asDifference(amount: Amount): string {
  return cents(amount) > 0n ? `+${inDollars(amount)}` : inDollars(amount);
}

/** The amount in cents, for adding up. */
export function cents(amount: Amount): bigint {
  const found = CENTS.exec(amount);
  if (!found) {
    throw new TypeError(`${amount} is not an amount with two decimals`);
  }
  const [, sign, whole, rest] = found;
  const value = BigInt(`${whole}${rest}`);
  return sign ? -value : value;
}

export function ofCents(value: bigint): Amount {
  const digits = String(value < 0n ? -value : value).padStart(3, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function sum(amounts: Iterable<Amount>): Amount {
  let total = 0n;
  for (const amount of amounts) {
    total += cents(amount);
  }
  return ofCents(total);
}

export function isNothing(amount: Amount): boolean {
  return cents(amount) === 0n;
}
