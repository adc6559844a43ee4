// A span on the site's clock, as two days and two times are typed.
import { type Day, type Instant, instantsOf, isDay } from "@/time";

export interface TypedSpan {
  readonly from: Day;
  readonly fromTime: string;
  readonly to: Day;
  readonly toTime: string;
}

export type SpanMeant = { readonly starts_at: Instant; readonly ends_at: Instant } | { readonly problem: string };

const TIME = /^\d\d:\d\d$/;

/** The instants that a span means; of a time that is shown twice, the widest. */
export function meant(span: TypedSpan, zone: string): SpanMeant {
  if (!isDay(span.from) || !isDay(span.to) || !TIME.test(span.fromTime) || !TIME.test(span.toTime)) {
    return { problem: "Enter both dates and both times." };
  }
  const starts_at = instantsOf(`${span.from} ${span.fromTime}:00`, zone).at(0);
  const ends_at = instantsOf(`${span.to} ${span.toTime}:00`, zone).at(-1);
  if (!starts_at || !ends_at) {
    return { problem: "The site's clock skips one of these times. Choose another." };
  }
  return starts_at < ends_at ? { starts_at, ends_at } : { problem: "The end must come after the beginning." };
}
