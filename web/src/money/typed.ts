// What people type as an amount, in the form that the services take: `195`, `195.5`, `$1,950.50`, `25,00` and `1.950,50` are meant as they look.
import type { Amount } from "./index";

/** With a point before the cents, and a comma between thousands if any. */
const WITH_POINT = /^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/;
/** With a comma before the cents, and a point between thousands if any. */
const WITH_COMMA = /^(\d+|\d{1,3}(?:\.\d{3})+),(\d{1,2})$/;

/** The amount that was typed; null when it is none. */
export function typedAmount(text: string): Amount | null {
  const typed = text.replace(/[\s$]/g, "");
  const found = WITH_POINT.exec(typed) ?? WITH_COMMA.exec(typed);
  if (!found) {
    return null;
  }
  const [, whole = "0", rest = ""] = found;
  return `${whole.replace(/[.,]/g, "").replace(/^0+(?=\d)/, "")}.${rest.padEnd(2, "0")}`;
}

/** What is said beside an amount that was refused: what the person can mend, where the field itself shows it. */
export function amountError<Told>(text: string, told: Told): Told | string {
  if (!told) {
    return told;
  }
  if (text.trim() === "") {
    return "This is required.";
  }
  return typedAmount(text) === null ? "Enter an amount such as 185.00." : told;
}
