// A table whose rows are links: the arrows go from row to row, Enter opens, as in a list of mails.
import type { KeyboardEvent } from "react";

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Go to the next or the former `data-row` of this table; for `onKeyDown` around them. */
export function walkRows(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const here = rows.indexOf(document.activeElement as HTMLElement);
  if (step === undefined || here < 0 || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const next = rows[here + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
