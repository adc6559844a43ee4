// The price of a series, session by session: those in a row that cost the same stand together.
import type { SeriesPrice } from "@/api";
import type { Day } from "@/time";

type Visit = SeriesPrice["visits"][number];

/** Sessions in a row that cost the same, and what each of them costs. */
export interface Run {
  readonly first: Day;
  readonly last: Day;
  readonly count: number;
  readonly each: Visit;
}

const SAME = ["rate_per_unit", "patient_amount", "deductible_amount", "copay_amount", "coinsurance_amount"] as const;

/** The sessions in the order of time, parted where another rate or another part of the client begins. */
export function runsOf(visits: readonly Visit[]): Run[] {
  const runs: Run[] = [];
  for (const visit of visits) {
    const before = runs.at(-1);
    if (before && SAME.every((name) => before.each[name] === visit[name])) {
      runs[runs.length - 1] = { ...before, last: visit.service_date, count: before.count + 1 };
    } else {
      runs.push({ first: visit.service_date, last: visit.service_date, count: 1, each: visit });
    }
  }
  return runs;
}

/** What staff should know, each once, and the first session that it is about. */
export function flagsOf(visits: readonly Visit[]): { readonly flag: Visit["flags"][number]; readonly since: Day }[] {
  const found = new Map<string, { flag: Visit["flags"][number]; since: Day }>();
  for (const { flags, service_date } of visits) {
    for (const flag of flags) {
      if (!found.has(flag.code)) {
        found.set(flag.code, { flag, since: service_date });
      }
    }
  }
  return [...found.values()];
}
