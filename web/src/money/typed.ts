// What people type as an amount, in the form that the services take: `195`, `195.5`, `$1,950.50`, `25,00` and `1.950,50` are meant as they look.
// A blank stands between thousands only: `25 00` may be 25.00 or 2,500.
import type { Amount } from "./index";

/** With a point before the cents, and a comma or a blank between thousands if any. */
const WITH_POINT = /^(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\s\d{3})+)(?:\.(\d{1,2}))?$/;
/** With a comma before the cents, and a point or a blank between thousands if any. */
const WITH_COMMA = /^(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:\s\d{3})+),(\d{1,2})$/;

/** The amount that was typed; null when it is none. */
export function typedAmount(text: string): Amount | null {
  const typed = text.replace("$", "").trim();
  const found = WITH_POINT.exec(typed) ?? WITH_COMMA.exec(typed);
  if (!found) {
    return null;
  }
  const [, whole = "0", rest = ""] = found;
  return `${whole.replace(/[.,\s]/g, "").replace(/^0+(?=\d)/, "")}.${rest.padEnd(2, "0")}`;
}

/** What is shown beside an amount that was refused: what the person can mend, where the field itself shows it. */
export function amountError<Message>(text: string, error: Message): Message | string {
  if (!error) {
    return error;
  }
  if (text.trim() === "") {
    return "This is required.";
  }
  return typedAmount(text) === null ? "Enter an amount such as 185.00." : error;
}
