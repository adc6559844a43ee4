"""What one answer of a remittance is about and what is decided for it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from chassis.database import Transaction
from contracts.billing import PaymentStatus
from contracts.types import RecordId, new_id

from billing import ledger, use_cases
from billing.claims.facts import Frequency
from billing.claims.interchange import Finding
from billing.claims.store import ClaimRow
from billing.in_steps import in_steps
from billing.ledger import Account, Payer, PaymentMethod, Posting, PostingKind
from billing.pricing import ZERO
from billing.remittances import store as remittance_store
from billing.remittances.coordination import FIRST, sequence_of
from billing.remittances.posting import (
    Decision,
    Outcome,
    Step,
    answer_claim,
    doubts,
    later_answer_stands,
    money_is_gone,
    nothing_to_reverse,
    objections,
    reverse,
    shares_of,
    which_reversed,
)
from billing.remittances.remittance import INTEREST, ClaimPayment, Remittance
from billing.remittances.senders import Sender, doubt
from billing.remittances.store import OpenRecord, RemittanceClaimRow, Standing
from billing.remittances.views import PostParked
from billing.store import LedgerTransaction, Stamp, by_payer, credit_between

UNKNOWN_FIX: Final = (
    "Name its record (match), or post the rest without it (leave_out): POST /remittances/{id}/post. Its money can be assigned to a record "
    "afterwards (assign)."
)

OTHER_PAYER_FIX: Final = (
    "If this payer pays for the one that was asked, post it as it is (accept); its further payments are then posted without this question. "
    "Otherwise post the file without this claim (leave_out), or discard it."
)


@dataclass(slots=True)
class Case:
    """One answer, whom it is about, and what was decided."""

    answer: ClaimPayment
    claim: ClaimRow | None = None
    withdrawal: ClaimRow | None = None
    """The claim that takes this one back (frequency 8)."""
    record: OpenRecord | None = None
    outcome: Outcome = Outcome.WAITING
    posted: list[tuple[LedgerTransaction, Posting]] = field(default_factory=list[tuple[LedgerTransaction, Posting]])
    touched: dict[RecordId, OpenRecord] = field(default_factory=dict[RecordId, OpenRecord])
    """The records of what is posted: its own, and of a reversal those to which the money went along."""
    sequence: int = FIRST
    """Which insurer answers, or whose answer is taken back."""
    may_take_back: list[Standing] = field(default_factory=list[Standing])
    """The earlier answers that a reversal may mean, the latest first."""
    takes_back: RemittanceClaimRow | None = None
    """The earlier answer, of a reversal."""
    other_payer: Finding | None = None
    """Why the payment does not seem to come from the payer that was asked."""

    def doubts(self, record: OpenRecord) -> Iterator[Finding]:
        """Find what somebody should compare before the answer is posted, and may then accept."""
        if self.other_payer is not None and self.sequence == FIRST and not self.answer.is_reversal:
            yield self.other_payer
        standing = [*record.answers, *(each for revision in record.revisions for each in revision.answers)]
        yield from doubts(record.billed, self.answer, self.sequence, standing, record.by_hand)

    def post(self, record: OpenRecord, about: LedgerTransaction, posting: Posting) -> None:
        """Append to a record's history."""
        record.history.append((about, posting))
        self.posted.append((about, posting))
        self.touched[record.record.id] = record


async def load(read: Remittance, chosen: PostParked, tx: Transaction) -> list[Case]:
    """Find the claims that are answered, and lock their records."""
    wanted = {answer.control_number for answer in read.claims}
    keys = {**chosen.match, **await remittance_store.records_of(tx, wanted)}
    records = await remittance_store.open_records(tx, set(keys.values()))
    claims = await remittance_store.claims_of(tx, records)
    cases = []
    for answer in read.claims:
        record = records.get(keys[answer.control_number]) if answer.control_number in keys else None
        known = claims.get(record.record.id, []) if record else []
        same = [claim for claim in known if claim.control_number == answer.control_number]
        # Of a record that somebody has matched, the claim is the one that was made last.
        claim = next(iter(same or known), None)
        taking_back = (each for each in known if claim and each.replaces_id == claim.id and each.frequency == Frequency.VOID.value)
        cases.append(Case(answer, claim, next(taking_back, None), record))
    await _find_other_payers(cases, read, tx)
    return cases


async def _find_other_payers(cases: Sequence[Case], read: Remittance, tx: Transaction) -> None:
    """Find the claims that were sent to another payer than the one that pays; one whose payment was accepted once is doubted no more."""
    asked = await remittance_store.payers_of(tx, [case.claim for case in cases if case.claim])
    sender = Sender(read.payer_name, read.payer_ids)
    known = await remittance_store.payers_like(tx, sender) if asked else []
    found: dict[UUID, str] = {}
    for payer in asked.values():
        why = doubt(sender, payer, known)
        if why and not await remittance_store.has_answered_for(tx, sender, read.payer_identifier, payer.id):
            found[payer.id] = f"It is paid by {sender.shown}, but the claim was sent to {payer.name} ({payer.code}): {why}."
    for case in cases:
        if case.claim and (message := found.get(case.claim.payer_id)):
            case.other_payer = Finding("other-payer", f"claims.{case.answer.control_number}", message, OTHER_PAYER_FIX)


async def decide(
    remittance_id: UUID, cases: Sequence[Case], read: Remittance, chosen: PostParked, stamp: Stamp, *, balanced: bool
) -> list[Finding]:
    """Decide each answer, what is taken back first; find what needs a human. Of a file that does not balance nothing is decided."""
    async for case in in_steps(cases):
        _find_its_insurer(case, read.payer_identifier)
    found: list[Finding] = []
    async for case in in_steps(sorted(cases, key=_in_order)):
        found += _decide(case, read, chosen, stamp, balanced=balanced)
    async for case in in_steps([case for case in cases if case.outcome is Outcome.LEFT_OUT and case.answer.paid]):
        case.posted.append(use_cases.unassigned(remittance_id, case.answer.paid, read.trace_number, case.answer.control_number, stamp))
    return found


def _decide(case: Case, read: Remittance, chosen: PostParked, stamp: Stamp, *, balanced: bool) -> Iterator[Finding]:
    answer, record = case.answer, case.record
    if answer.control_number in chosen.leave_out:
        case.outcome = Outcome.LEFT_OUT
    elif record is None:
        case.outcome = Outcome.UNMATCHED
        message = f"Claim {answer.control_number} is unknown: charged {answer.charge:.2f}, paid {answer.paid:.2f}."
        yield Finding("unknown-claim", f"claims.{answer.control_number}", message, UNKNOWN_FIX)
    elif problems := tuple(objections(record.asked, answer, case.sequence)):
        yield from problems
    elif not balanced:
        return
    elif answer.control_number not in chosen.accept and (problems := tuple(case.doubts(record))):
        yield from problems
    else:
        decided = _reverse(case, record, stamp) if answer.is_reversal else _answer(case, record, read.payer_identifier)
        if isinstance(decided, Finding):
            yield decided
            return
        case.outcome = decided.outcome
        for step in decided.steps:
            case.post(record, _about(step, record, read, stamp), step.posting)


def _find_its_insurer(case: Case, payer: str) -> None:
    if case.record is None:
        return
    if not case.answer.is_reversal:
        case.sequence = sequence_of(case.answer, payer, case.record.answers)
        return
    case.may_take_back = case.record.taken_back_by(case.answer, payer, case.claim.id if case.claim else None)
    if case.may_take_back:
        case.sequence = case.may_take_back[0].sequence


def _in_order(case: Case) -> tuple[bool, int]:
    """Sort what is taken back before what is answered, the last insurer's before the first's; and answers the other way round."""
    is_reversal = case.answer.is_reversal
    return not is_reversal, -case.sequence if is_reversal else case.sequence


def _answer(case: Case, record: OpenRecord, payer: str) -> Decision | Finding:
    is_voided = ledger.read(record.postings).status is PaymentStatus.VOIDED
    shares = None if is_voided else shares_of(case.answer, case.sequence, record.answers)
    if isinstance(shares, Finding):
        return shares
    # A denial beside an answer that stands, as of a duplicate, changes nothing of what the plan counts.
    asked = replace(record.asked, uncounted=ZERO) if record.answers else record.asked
    decided = answer_claim(asked, record.postings, case.answer, shares, record.given)
    record.answers.insert(0, Standing(case.sequence, payer, case.answer, outcome=decided.outcome))
    return decided


def _reverse(case: Case, record: OpenRecord, stamp: Stamp) -> Decision | Finding:
    found = [each for each in case.may_take_back if each in record.answers]
    if not found or found[0].row is None:
        return nothing_to_reverse(case.answer)
    if len({each.sequence for each in found}) > 1:
        return which_reversed(case.answer)
    earlier = found[0]
    later = max((each.sequence for each in record.answers), default=FIRST)
    if later > earlier.sequence and earlier.outcome is not Outcome.CREDITED:
        return later_answer_stands(case.answer, later)
    case.takes_back = found[0].row
    record.answers.remove(earlier)
    posted = [posting for about, posting in record.history if about.id in found[0].row.transaction_ids]
    _call_back(case, record, -case.answer.paid - record.credit, stamp)
    if (lacking := -case.answer.paid - record.of_insurer) > 0:
        return money_is_gone(case.answer, lacking)
    return reverse(record.postings, posted, case.answer, record.given)


def _call_back(case: Case, record: OpenRecord, lacking: Decimal, stamp: Stamp) -> None:
    """Bring back what the insurer had paid and what went along to the record in place of a voided one, as far as it is still there."""
    taker = record.successor
    if lacking <= 0 or taker is None:
        return
    carried = taker.carried_from(record)
    if ledger.balances(carried).get(Account.CASH, ZERO) < lacking:
        return
    _call_back(case, taker, lacking - taker.credit, stamp)
    if moved := ledger.call_back(lacking, by_payer(taker.history)):
        out, back = moved
        here, there = record.record.id, taker.record.id
        case.post(taker, credit_between(there, here, Payer.INSURER, stamp), out)
        case.post(record, credit_between(here, there, Payer.INSURER, stamp), back)


def beyond_claims(remittance_id: UUID, read: Remittance, stamp: Stamp) -> list[tuple[LedgerTransaction, Posting]]:
    """Book what the payer adds to the whole payment or withholds from it, each for itself, so that the ledger has what the bank has."""
    return [
        (
            LedgerTransaction(
                id=new_id(),
                record_id=None,
                kind=PostingKind.PROVIDER_ADJUSTMENT,
                payer=Payer.INSURER,
                method=PaymentMethod.ERA,
                reference=read.trace_number,
                reason=" ".join(filter(None, (each.reason, each.reference))),
                remittance_id=remittance_id,
                **asdict(stamp),
            ),
            ledger.provider_adjustment(each.amount, is_interest=each.reason == INTEREST),
        )
        for each in read.provider_adjustments
        if each.amount
    ]


def _about(step: Step, record: OpenRecord, read: Remittance, stamp: Stamp) -> LedgerTransaction:
    return LedgerTransaction(
        id=new_id(),
        record_id=record.record.id,
        kind=step.posting.kind,
        payer=step.payer,
        method=PaymentMethod.ERA if step.posting.kind is PostingKind.PAYMENT else None,
        reference=read.trace_number,
        reason=step.reason,
        **asdict(stamp),
    )
