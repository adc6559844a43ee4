import type { Session } from "@/api";
import { useService } from "@/features/services/names";

/** The clients of a session who are billed: each of those who count, or only the first where the service is billed once per session. */
export function useBilled(session: Session, serviceId: string, counted: readonly string[]): readonly string[] {
  const isOnce = useService(serviceId)?.billed_per === "session";
  return isOnce ? [session.client_id] : counted;
}
