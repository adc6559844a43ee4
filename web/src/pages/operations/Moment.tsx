import { useSites } from "@/features/site";
import type { Instant } from "@/time";

interface MomentProps {
  readonly at: Instant;
  /** Writes it on the clock of a zone. */
  readonly inWords: (instant: Instant, zone: string) => string;
}

/** A time on the clock of the site; pointed at, as the logs have it. */
export function Moment({ at, inWords }: MomentProps) {
  const { site } = useSites();
  return (
    <time dateTime={at} title={`${at}, as in the logs`}>
      {inWords(at, site?.time_zone ?? "UTC")}
    </time>
  );
}
