// Services whose code implies whether the client in whose name they are billed was there (CPT, family psychotherapy).
import type { Session } from "@/api";

/** By the code with the client present, the code without. */
const WITHOUT_CLIENT: Readonly<Record<string, string>> = { "90847": "90846" };

interface Absence {
  readonly clientId: string;
  /** The service that is booked, whose code implies that the client was there. */
  readonly code: string;
  /** The service whose code implies that the client was not. */
  readonly without: string;
}

/** Who is named on the bill and did not attend, where the code of the service implies otherwise; null where it does not. */
export function absenceOf(
  { client_id, service_code }: Pick<Session, "client_id" | "service_code">,
  billedCode: string | null,
  attended: readonly string[],
): Absence | null {
  const code = billedCode ?? service_code;
  const without = WITHOUT_CLIENT[code];
  return without && !attended.includes(client_id) && attended.length > 0
    ? { clientId: client_id, code, without }
    : null;
}
