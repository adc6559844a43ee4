"""What one answer of a remittance is about and what is decided for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from chassis.database import Transaction
from contracts.types import RecordId, new_id

from billing import ledger
from billing.claims.store import ClaimRow
from billing.ledger import Account, Payer, PaymentMethod, Posting, PostingKind
from billing.remittances import store as remittance_store
from billing.remittances.interchange import Finding
from billing.remittances.posting import Decision, Outcome, Step, answer_claim, nothing_to_reverse, objections, reverse
from billing.remittances.remittance import ClaimPayment, Remittance
from billing.remittances.store import OpenRecord, RemittanceClaimRow
from billing.remittances.views import PostParked
from billing.store import LedgerTransaction, credit_between

UNKNOWN_FIX: Final = "Name its record (match), or post the rest without it (leave_out): POST /remittances/{id}/post."


@dataclass(slots=True)
class Case:
    """One answer, whom it is about, and what was decided."""

    answer: ClaimPayment
    claim: ClaimRow | None = None
    record: OpenRecord | None = None
    outcome: Outcome = Outcome.WAITING
    posted: list[tuple[LedgerTransaction, Posting]] = field(default_factory=list[tuple[LedgerTransaction, Posting]])
    touched: dict[RecordId, OpenRecord] = field(default_factory=dict[RecordId, OpenRecord])
    """The records of what is posted: its own, and of a reversal those to which the money went along."""
    takes_back: RemittanceClaimRow | None = None
    """The earlier answer, of a reversal."""

    def post(self, record: OpenRecord, about: LedgerTransaction, posting: Posting) -> None:
        """Append to a record's history."""
        record.history.append((about, posting))
        self.posted.append((about, posting))
        self.touched[record.record.id] = record


async def load(read: Remittance, chosen: PostParked, tx: Transaction) -> list[Case]:
    """Find the claims that are answered, and lock their records."""
    wanted = {answer.control_number for answer in read.claims} - set(chosen.leave_out)
    keys = {**chosen.match, **await remittance_store.records_of(tx, wanted)}
    records = await remittance_store.open_records(tx, set(keys.values()))
    claims = await remittance_store.claims_of(tx, records)
    cases = []
    for answer in read.claims:
        record = records.get(keys[answer.control_number]) if answer.control_number in keys else None
        known = claims.get(record.record.id, []) if record else []
        same = [claim for claim in known if claim.control_number == answer.control_number]
        # Of a record that somebody has matched, the claim is the one that was made last.
        cases.append(Case(answer, next(iter(same or known), None), record))
    return cases


def decide(cases: Sequence[Case], read: Remittance, chosen: PostParked, now: datetime, *, balanced: bool) -> Iterator[Finding]:
    """Decide each answer, what is taken back first; find what needs a human. Of a file that does not balance nothing is decided."""
    for case in sorted(cases, key=lambda each: not each.answer.is_reversal):
        answer, record = case.answer, case.record
        if answer.control_number in chosen.leave_out:
            case.outcome = Outcome.LEFT_OUT
        elif record is None:
            case.outcome = Outcome.UNMATCHED
            message = f"Claim {answer.control_number} is unknown: charged {answer.charge:.2f}, paid {answer.paid:.2f}."
            yield Finding("unknown-claim", f"claims.{answer.control_number}", message, UNKNOWN_FIX)
        elif problems := tuple(objections(record.asked, answer)):
            yield from problems
        elif balanced:
            decided = _reverse(case, record, now) if answer.is_reversal else answer_claim(record.asked, record.postings, answer)
            if isinstance(decided, Finding):
                yield decided
                continue
            case.outcome = decided.outcome
            for step in decided.steps:
                case.post(record, _about(step, record, read, now), step.posting)


def _reverse(case: Case, record: OpenRecord, now: datetime) -> Decision | Finding:
    earlier = record.answer_to(case.claim.id if case.claim else None)
    if earlier is None:
        return nothing_to_reverse(case.answer)
    case.takes_back = earlier
    record.answers.remove(earlier)
    posted = [posting for about, posting in record.history if about.id in earlier.transaction_ids]
    _call_back(case, record, -case.answer.paid - record.credit, now)
    return reverse(record.postings, posted, case.answer)


def _call_back(case: Case, record: OpenRecord, lacking: Decimal, now: datetime) -> None:
    """Bring back what the insurer had paid and what went along to the record in place of a voided one, as far as it is still there."""
    taker = record.successor
    if lacking <= 0 or taker is None:
        return
    carried = taker.carried_from(record)
    out, back = ledger.call_back(carried, taker.postings)
    if back.entries.get(Account.CASH) != lacking:
        return
    _call_back(case, taker, lacking - taker.credit, now)
    if ledger.read([*taker.postings, out]).unapplied_credit >= 0:
        here, there = record.record.id, taker.record.id
        case.post(taker, credit_between(there, here, Payer.INSURER, now), out)
        case.post(record, credit_between(here, there, Payer.INSURER, now), back)


def _about(step: Step, record: OpenRecord, read: Remittance, now: datetime) -> LedgerTransaction:
    return LedgerTransaction(
        id=new_id(),
        record_id=record.record.id,
        kind=step.posting.kind,
        posted_at=now,
        payer=Payer.INSURER,
        method=PaymentMethod.ERA if step.posting.kind is PostingKind.PAYMENT else None,
        reference=read.trace_number,
        reason=step.reason,
    )
