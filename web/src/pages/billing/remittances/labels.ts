// Messages about remittances for programs, turned into messages for staff.
import { inDollars } from "@/money";

/** An amount that stands alone: no part of a number or a code, and no percentage. */
const AN_AMOUNT = /(?<![\w.$-])-?\d+\.\d\d(?!\d|\.\d|%)/g;

/** Without the names of the service's fields and routes, and with amounts as they are written: `post it as it is (accept)` is `post it as it is`. */
export function forStaff(text: string): string {
  return text
    .replaceAll(/ \((?:accept|leave_out|match|assign|[A-Z]+ \/[\w/{}-]+)\)/g, "")
    .replaceAll(AN_AMOUNT, (amount) => inDollars(amount));
}

/** What came of a file with several payments: `The file has 2 payments; 1 is parked.` */
export function paymentsInWords(payments: number, parked: number): string {
  const waiting = parked === 0 ? "all are posted" : `${parked} ${parked === 1 ? "is" : "are"} parked`;
  return `The file has ${payments} payments; ${waiting}.`;
}
