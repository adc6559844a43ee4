// What a posting of a record's ledger is called, in the words of those who post.
import { cents } from "@/money";
import { type Day, dayOf } from "@/time";
import { ACCOUNTS, POSTINGS, type Posting } from "../labels";

type Account = Posting["entries"][number]["account"];

/** What happened, and who paid or was paid: `Refund to the client`. */
export function postingInWords(posting: Posting): string {
  return `${named(posting)}${posting.reverses_id ? ", reversed" : ""}`;
}

function named(posting: Posting): string {
  const { kind, payer, reverses_id } = posting;
  // What takes a posting back has its name, with the amounts of the opposite sign.
  const sign = reverses_id ? -1n : 1n;
  const cash = movedOn(posting, "cash") * sign;
  switch (kind) {
    case "payment":
      return cash < 0n && payer === "insurer" ? "Takeback by the insurer" : `Payment by the ${payer ?? "client"}`;
    case "refund":
      return `Refund to the ${payer ?? "client"}`;
    case "credit": {
      const whose = `The ${payer ?? "client"}'s credit`;
      return cash === 0n ? `${whose} applied` : `${whose} ${cash > 0n ? "from" : "moved to"} another record`;
    }
    case "transfer":
      return movedOn(posting, "patient_ar") * sign < 0n
        ? "Taken over by the insurer"
        : "Left to the client by the insurer";
    case "adjustment":
      return payer === "insurer" ? "Adjustment by the insurer" : POSTINGS.adjustment;
    case "write_off":
      return `Write-off of the ${payer ?? "client"}'s part`;
    case "claim":
      return "Claim sent to the insurer";
    case "rejection":
      return "Claim rejected before a decision";
    case "denial":
      return "Denial by the insurer";
    default:
      return POSTINGS[kind];
  }
}

/** When money was received or paid and deposited; of any other posting, such as a charge, only days that were entered for it. */
export function daysOf(posting: Posting, zone: string): readonly [received: Day | null, deposited: Day | null] {
  const { kind, posted_at, received_date, deposit_date } = posting;
  const posted = dayOf(posted_at, zone);
  const isMoney = kind === "payment" || kind === "refund";
  const hasDays = isMoney || received_date !== posted || deposit_date !== posted;
  return hasDays ? [received_date, deposit_date] : [null, null];
}

/** What an account of a posting is called: credit that moves between records is no money that was received. */
export function accountInWords(kind: Posting["kind"], account: Account): string {
  return kind === "credit" && account === "cash" ? "other record" : ACCOUNTS[account];
}

/** What its paper is called; null where there is none. */
export function receiptOf(posting: Posting): string | null {
  const cash = movedOn(posting, "cash");
  if (posting.reverses_id) {
    return null;
  }
  if (posting.kind === "payment" && cash > 0n) {
    return "Receipt";
  }
  return posting.kind === "refund" && cash < 0n ? "Receipt of the refund" : null;
}

/** The record that credit came from or went to; null for everything else. */
export function otherRecordOf(posting: Posting): string | null {
  return posting.kind === "credit" && movedOn(posting, "cash") !== 0n ? posting.reference : null;
}

function movedOn({ entries }: Posting, wanted: Account): bigint {
  return cents(entries.find(({ account }) => account === wanted)?.amount ?? "0.00");
}
