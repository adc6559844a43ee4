// Messages about remittances for programs, turned into messages for staff.

/** Without the names of the service's fields and routes: `post it as it is (accept)` is `post it as it is`. */
export function forStaff(text: string): string {
  return text.replaceAll(/ \((?:accept|leave_out|match|assign|[A-Z]+ \/[\w/{}-]+)\)/g, "");
}

/** What came of a file with several payments: `The file has 2 payments; 1 is parked.` */
export function paymentsInWords(payments: number, parked: number): string {
  const waiting = parked === 0 ? "all are posted" : `${parked} ${parked === 1 ? "is" : "are"} parked`;
  return `The file has ${payments} payments; ${waiting}.`;
}
