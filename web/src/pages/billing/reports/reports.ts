// Which reports there are, and what can be asked of each.
import type { components } from "@/api/billing";

export type GroupBy = components["schemas"]["GroupBy"];

export type ReportName =
  | "revenue"
  | "aging"
  | "daily-close"
  | "adjustments"
  | "denials"
  | "unbilled"
  | "variance"
  | "reconciliation";

interface ReportKind {
  readonly title: string;
  readonly about: string;
  readonly nothing: string;
  /** Whether it is about a time. */
  readonly ofATime: boolean;
  /** Whether it can be told as it stood on an earlier day. */
  readonly asOf: boolean;
  /** What its rows are about unless something else is chosen; null where that cannot be chosen. */
  readonly groups: GroupBy | null;
  /** The columns that are drawn. */
  readonly drawn?: readonly string[];
}

export const GROUPS: Readonly<Record<GroupBy, string>> = {
  service_code: "Code",
  therapist: "Therapist",
  payer: "Payer",
  site: "Site",
  client: "Client",
  month: "Month",
};

export const REPORTS: Readonly<Record<ReportName, ReportKind>> = {
  revenue: {
    title: "Revenue",
    about: "What was charged for services of a time, what became of it, and what is outstanding.",
    nothing: "Nothing was charged in this time",
    ofATime: true,
    asOf: true,
    groups: "service_code",
    drawn: ["received", "outstanding"],
  },
  aging: {
    title: "Aging",
    about: "What clients and payers owe, by days since the service.",
    nothing: "Nobody owes anything",
    ofATime: false,
    asOf: true,
    groups: "payer",
    drawn: ["0-30", "31-60", "61-90", "91-120", "over 120"],
  },
  "daily-close": {
    title: "Daily close",
    about: "What was posted day by day, from the opening receivables to the closing ones.",
    nothing: "Nothing was posted in this time",
    ofATime: true,
    asOf: true,
    groups: null,
  },
  adjustments: {
    title: "Adjustments",
    about: "What contracts, discounts and write-offs took off, by kind and reason.",
    nothing: "Nothing was taken off in this time",
    ofATime: true,
    asOf: true,
    groups: null,
    drawn: ["amount"],
  },
  denials: {
    title: "Denials",
    about: "Records whose latest answer of an insurer is a denial.",
    nothing: "No insurer's latest answer is a denial",
    ofATime: false,
    asOf: true,
    groups: "payer",
  },
  unbilled: {
    title: "Unbilled",
    about: "Booked sessions whose day has passed and that have no record: complete them, or say that nobody came.",
    nothing: "Every session of this time is billed",
    ofATime: true,
    asOf: false,
    groups: null,
  },
  variance: {
    title: "Promised and billed",
    about: "Every record beside its quote and what was paid, and why they differ.",
    nothing: "There is no record in this time",
    ofATime: true,
    asOf: true,
    groups: null,
  },
  reconciliation: {
    title: "Reconciliation",
    about: "What must never be: every number is 0.",
    nothing: "Nothing was counted",
    ofATime: false,
    asOf: false,
    groups: null,
  },
};

/** `owed_by_client` as people say it. */
export function columnInWords(name: string): string {
  return (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("_", " ");
}
