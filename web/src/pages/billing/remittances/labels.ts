// Messages about remittances for programs, turned into messages for staff.

/** Without the names of the service's fields: `post it as it is (accept)` is `post it as it is`. */
export function forStaff(text: string): string {
  return text.replaceAll(/ \((?:accept|leave_out|match|assign)\)/g, "");
}
