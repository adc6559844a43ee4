// What people type as an amount, in the form that the services take: `195`, `195.5` and `$1,950.50` are meant as they look.
import type { Amount } from "./index";

const TYPED = /^(\d+)(?:\.(\d{1,2}))?$/;

/** The amount that was typed; null when it is none. */
export function typedAmount(text: string): Amount | null {
  const found = TYPED.exec(text.replace(/[\s$,]/g, ""));
  if (!found) {
    return null;
  }
  const [, whole = "0", rest = ""] = found;
  return `${whole.replace(/^0+(?=\d)/, "")}.${rest.padEnd(2, "0")}`;
}
