// Money comes and goes as strings with two decimals; it is written for people here, as dates and times are, and never becomes a float.
import { conventionsHere } from "@/time";

/** An amount as the services write it: `"185.00"`. */
export type Amount = string;

const CURRENCY = "USD";
const CENTS = /^(-?)(\d+)\.(\d\d)$/;
const formats = new Map<string, Intl.NumberFormat>();

function formatAs(locale: string): Intl.NumberFormat {
  const options = { style: "currency", currency: CURRENCY, currencyDisplay: "narrowSymbol" } as const;
  const known = formats.get(locale) ?? new Intl.NumberFormat(locale, options);
  formats.set(locale, known);
  return known;
}

export function isAmount(text: string): text is Amount {
  return CENTS.test(text);
}

/** `$1,234.50`, or `1.234,50 $`: as at the chosen site, in the browser's language. */
export function inDollars(amount: Amount, locale = conventionsHere().numbers): string {
  return isAmount(amount) ? formatAs(locale).format(amount as Intl.StringNumericLiteral) : amount;
}

/** `$1.05M`, or `1,05 Mio. $`: for the axis of a chart, where exact cents have no place. */
export function inShortDollars(amount: number, locale = conventionsHere().numbers): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: CURRENCY,
    currencyDisplay: "narrowSymbol",
    notation: "compact",
    minimumFractionDigits: 0,
    maximumFractionDigits: 2,
  }).format(amount);
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
