// What the service says of remittances to programs, as it is done at a desk.

/** Without the names of the service's fields: `post it as it is (accept)` is `post it as it is`. */
export function atADesk(text: string): string {
  return text.replaceAll(/ \((?:accept|leave_out|match|assign)\)/g, "");
}
