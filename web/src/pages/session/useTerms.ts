import { api, type Session } from "@/api";
import { addMinutes, dayOf, type Instant, isPast } from "@/time";

export interface Terms {
  /** The fee of each client who cancels late; null where there is none. */
  readonly lateFee: string | null;
  readonly missedFee: string | null;
  /** From when on cancelling is late; null while that is not known. */
  readonly lateFrom: Instant | null;
  readonly isLate: boolean;
}

/** What not coming costs, as billing has it. */
export function useTerms(session: Session, zone: string) {
  return api.useQuery(
    "post",
    "/api/billing/preview",
    { body: { service_id: session.service_id, date: dayOf(session.starts_at, zone) } },
    {
      select: ({ cancellation }): Terms => {
        const window = cancellation.late_within_minutes;
        const lateFrom = window === null ? null : addMinutes(session.starts_at, -window);
        return {
          lateFee: cancellation.late_cancellation_fee,
          missedFee: cancellation.no_show_fee,
          lateFrom,
          isLate: lateFrom !== null && isPast(lateFrom),
        };
      },
    },
  );
}
