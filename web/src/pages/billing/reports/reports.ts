// Which reports there are, and by what each can be narrowed.
import type { components } from "@/api/billing";
import { addDays, type Day, dayInWords } from "@/time";
import { METHODS, POSTINGS } from "../labels";

/** As the service limits it. */
const DAYS_AT_MOST = 3660;

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
  /** Whether that time is today unless something else is chosen; otherwise it is the last month. */
  readonly isOfDay?: boolean;
  /** Whether it can be had as of an earlier day. */
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

/** Which day of a posting counts in a daily close. */
export const CLOSE_BY: Readonly<Record<components["schemas"]["CloseBy"], string>> = {
  deposit: "Day of deposit",
  posting: "Day of posting",
};

export type Denials = components["schemas"]["Denials"];

/** Which denials are shown, by what became of them since. */
export const DENIALS: Readonly<Record<Denials, string>> = {
  open: "Open",
  asked_again: "Claimed again",
  overturned: "Overturned",
  closed: "Nothing owed any more",
  all: "All",
};

export const REPORTS: Readonly<Record<ReportName, ReportKind>> = {
  revenue: {
    title: "Revenue",
    about: "Charges by date of service, with payments, adjustments and what is outstanding.",
    nothing: "No charges in this period",
    ofATime: true,
    asOf: true,
    groups: "service_code",
    drawn: ["received", "outstanding"],
  },
  aging: {
    title: "Aging",
    about: "Open balances by days since the service.",
    nothing: "No open balances",
    ofATime: false,
    asOf: true,
    groups: "payer",
    drawn: ["0-30", "31-60", "61-90", "91-120", "over 120"],
  },
  "daily-close": {
    title: "Daily close",
    about: "Postings by day of deposit or of posting, from opening to closing receivables.",
    nothing: "No postings in this period",
    ofATime: true,
    isOfDay: true,
    asOf: true,
    groups: null,
  },
  adjustments: {
    title: "Adjustments",
    about: "Contractual adjustments, discounts and write-offs by kind and reason.",
    nothing: "No adjustments in this period",
    ofATime: true,
    asOf: true,
    groups: null,
    drawn: ["amount"],
  },
  denials: {
    title: "Denials",
    about: "Records that an insurer refused to pay, and the outcome.",
    nothing: "No denials",
    ofATime: false,
    asOf: true,
    groups: "payer",
  },
  unbilled: {
    title: "Unbilled",
    about: "Past booked sessions without a record. Complete them or mark them as no-show.",
    nothing: "Every session of this period is billed",
    ofATime: true,
    asOf: false,
    groups: null,
  },
  variance: {
    title: "Quoted and billed",
    about: "Every record with its quote and payments, and the reasons for differences.",
    nothing: "No records in this period",
    ofATime: true,
    asOf: true,
    groups: null,
  },
  reconciliation: {
    title: "Reconciliation",
    about: "Consistency checks. Every count should be 0.",
    nothing: "No checks",
    ofATime: false,
    asOf: false,
    groups: null,
  },
};

/** What is wrong with a period, in terms of its fields; null where nothing is. */
export function wrongPeriod(from: Day, to: Day): string | null {
  if (to < from) {
    return `Enter ${dayInWords(from, { year: true })} or later: To must not be before From.`;
  }
  const last = addDays(from, DAYS_AT_MOST);
  return to > last ? `Enter ${dayInWords(last, { year: true })} or earlier: that is the longest period.` : null;
}

/** `owed_by_client` as text; over the links to clients, `client_id` is the client. */
export function columnInWords(name: string): string {
  return (name.charAt(0).toUpperCase() + name.slice(1)).replace(/_id$/, "").replaceAll("_", " ");
}

/** What the books call a kind, a state or a way to pay, in words; anything else is a name already. */
export function cellInWords(column: string, text: string): string {
  switch (column) {
    case "kind":
    case "posted_as":
      return wordFor(POSTINGS, text);
    case "method":
      return wordFor(METHODS, text);
    case "state":
      return wordFor(DENIALS, text);
    default:
      return text;
  }
}

function wordFor(words: Readonly<Record<string, string>>, text: string): string {
  return words[text] ?? columnInWords(text);
}
