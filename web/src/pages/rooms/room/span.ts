// A span on the site's clock, as two days and two times are typed.
import { type Day, type Instant, instantsOf, isDay } from "@/time";

export interface TypedSpan {
  readonly from: Day;
  readonly fromTime: string;
  readonly to: Day;
  readonly toTime: string;
}

/** What is wrong, by the field that is to be corrected. */
export type SpanErrors = { readonly [Field in keyof TypedSpan]?: string };

export type SpanMeant = { readonly starts_at: Instant; readonly ends_at: Instant } | { readonly problems: SpanErrors };

const TIME = /^\d\d:\d\d$/;
const SKIPPED = "The site's clock skips this time. Choose another.";

/** The instants that a span means; of a time that is shown twice, the widest. */
export function meant(span: TypedSpan, zone: string): SpanMeant {
  const missing: SpanErrors = {
    ...(isDay(span.from) ? {} : { from: "Enter a day." }),
    ...(TIME.test(span.fromTime) ? {} : { fromTime: "Enter when it begins." }),
    ...(isDay(span.to) ? {} : { to: "Enter a day." }),
    ...(TIME.test(span.toTime) ? {} : { toTime: "Enter when it ends." }),
  };
  if (Object.keys(missing).length > 0) {
    return { problems: missing };
  }
  const starts_at = instantsOf(`${span.from} ${span.fromTime}:00`, zone).at(0);
  const ends_at = instantsOf(`${span.to} ${span.toTime}:00`, zone).at(-1);
  if (!starts_at || !ends_at) {
    return { problems: { ...(starts_at ? {} : { fromTime: SKIPPED }), ...(ends_at ? {} : { toTime: SKIPPED }) } };
  }
  if (starts_at < ends_at) {
    return { starts_at, ends_at };
  }
  return { problems: { [span.to < span.from ? "to" : "toTime"]: "The end must come after the beginning." } };
}
