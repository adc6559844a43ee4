"""What one answer of a remittance is about and what is decided for it, pure."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from contracts.billing import PaymentStatus
from contracts.types import RecordId, new_id

from billing.ledger import grants, postings, settlement
from billing.ledger.postings import Account, LedgerTransaction, Payer, PaymentMethod, Posting, PostingKind, Stamp
from billing.payment_advice.advice import INTEREST, ClaimPayment, Remittance
from billing.pricing.amounts import ZERO
from billing.records.history import by_payer, credit_between, unassigned
from billing.remittances.coordination import FIRST, sequence_of
from billing.remittances.decision import (
    NOTHING_MANUAL,
    Billed,
    ClaimedAmounts,
    Decision,
    ManualPostings,
    Outcome,
    Posted,
    Step,
    answer_claim,
    doubts,
    objections,
    reverse,
    shares_of,
)
from billing.remittances.findings import later_answer_stands, money_is_gone, nothing_to_reverse, paid_before_service, which_reversed
from billing.x12.interchange import Finding

if TYPE_CHECKING:
    from billing.claims.tables import ClaimRow
    from billing.records.tables import RecordRow

UNKNOWN_FIX: Final = (
    "Name its record (match), or post the rest without it (leave_out): POST /remittances/{id}/post. Its money can be assigned to a record "
    "afterwards (assign)."
)


class Chosen(Protocol):
    """What somebody has decided about claims, by control number."""

    @property
    def leave_out(self) -> Collection[str]:
        """Claims of which nothing is posted."""
        ...

    @property
    def accept(self) -> Collection[str]:
        """Claims whose answers are posted although there are doubts."""
        ...


@dataclass(frozen=True, slots=True)
class StandingAnswer(Posted):
    """An answer that no reversal has taken back."""

    outcome: Outcome = Outcome.WAITING
    place: tuple[UUID, int] | None = None
    """Its remittance and its position there; None while its file is being posted."""
    claim_id: UUID | None = None
    transaction_ids: Sequence[UUID] = ()
    """What it posted."""


@dataclass(slots=True)
class OpenRecord:
    """A locked record with all that an answer to its claim is decided from."""

    record: "RecordRow"
    claimed_amounts: ClaimedAmounts
    billed: Billed
    history: list[tuple[LedgerTransaction, Posting]]
    answers: list[StandingAnswer]
    """Answers that no reversal has taken back, the latest first."""
    successor: "OpenRecord | None" = None
    """What took its place, and its money along."""
    revisions: "list[OpenRecord]" = field(default_factory=list)
    """The others of the same session and client."""
    manual: ManualPostings = NOTHING_MANUAL
    """The insurer's money that people posted to it and its other revisions."""
    given: grants.Given = field(default_factory=dict[tuple[PostingKind, Payer], Decimal])
    """What people gave off of it and have not reversed."""

    @property
    def credit(self) -> Decimal:
        """What it has that settles nothing."""
        return settlement.read(self.postings).unapplied_credit

    @property
    def of_insurer(self) -> Decimal:
        """What it has of the insurer's money, whatever that settles."""
        moved = (posting.entries.get(Account.CASH, ZERO) for about, posting in self.history if about.payer is Payer.INSURER)
        return sum(moved, ZERO)

    @property
    def postings(self) -> list[Posting]:
        """All that happened to its money."""
        return [posting for _, posting in self.history]

    def taken_back_by(self, answer: ClaimPayment, payer: str, claim_id: UUID | None) -> list[StandingAnswer]:
        """Return which answers a reversal may mean: its own payer's, narrowed down as far as it states, the latest first."""
        number = answer.payer_reference
        found = [
            each
            for each in self.answers
            if each.place is not None and (each.payer == payer or (number is not None and each.answer.payer_reference == number))
        ]
        criteria: tuple[Callable[[StandingAnswer], bool], ...] = (
            lambda each: each.claim_id == claim_id,
            lambda each: number is not None and each.answer.payer_reference == number,
            lambda each: each.answer.paid == -answer.paid,
        )
        for fits in criteria:
            found = [each for each in found if fits(each)] or found
        return found

    def carried_from(self, former: "OpenRecord") -> list[Posting]:
        """Return what came along of the insurer's money when this one took its place."""
        stated = (PostingKind.CREDIT, Payer.INSURER, str(former.record.id))
        return [posting for about, posting in self.history if (about.kind, about.payer, about.reference) == stated]


@dataclass(slots=True)
class Case:
    """One answer, whom it is about, and what was decided."""

    answer: ClaimPayment
    claim: "ClaimRow | None" = None
    withdrawal: "ClaimRow | None" = None
    """The claim that takes this one back (frequency 8)."""
    record: OpenRecord | None = None
    outcome: Outcome = Outcome.WAITING
    posted: list[tuple[LedgerTransaction, Posting]] = field(default_factory=list[tuple[LedgerTransaction, Posting]])
    touched: dict[RecordId, OpenRecord] = field(default_factory=dict[RecordId, OpenRecord])
    """The records of what is posted: its own, and of a reversal those to which the money went along."""
    sequence: int = FIRST
    """Which insurer answers, or whose answer is taken back."""
    may_take_back: list[StandingAnswer] = field(default_factory=list[StandingAnswer])
    """The earlier answers that a reversal may mean, the latest first."""
    takes_back: StandingAnswer | None = None
    """The earlier answer, of a reversal."""
    other_payer: Finding | None = None
    """Why the payment does not seem to come from the payer that was billed."""

    def doubts(self, record: OpenRecord, paid_on: date | None) -> Iterator[Finding]:
        """Find what somebody should compare before the answer is posted, and may then accept; ``paid_on`` is the payment's day."""
        if paid_on is not None and paid_on < record.billed.service_date and not self.answer.is_reversal:
            yield paid_before_service(self.answer, paid_on, record.billed.service_date)
        if self.other_payer is not None and self.sequence == FIRST and not self.answer.is_reversal:
            yield self.other_payer
        standing = [*record.answers, *(each for revision in record.revisions for each in revision.answers)]
        yield from doubts(record.billed, self.answer, self.sequence, standing, record.manual)

    def post(self, record: OpenRecord, about: LedgerTransaction, posting: Posting) -> None:
        """Append to a record's history."""
        record.history.append((about, posting))
        self.posted.append((about, posting))
        self.touched[record.record.id] = record


def decide(
    remittance_id: UUID, cases: Sequence[Case], read: Remittance, chosen: Chosen, stamp: Stamp, *, balanced: bool
) -> Iterator[list[Finding]]:
    """Decide each answer, what is taken back first; yield what needs a human step by step, so that the caller may pause in between.

    Of a file that does not balance nothing is decided.
    """
    for case in cases:
        _find_its_insurer(case, read.payer_identifier)
        yield []
    for case in sorted(cases, key=_in_order):
        yield [*_decide(case, read, chosen, stamp, balanced=balanced)]
    for case in cases:
        if case.outcome is Outcome.LEFT_OUT and case.answer.paid:
            case.posted.append(unassigned(remittance_id, case.answer.paid, read.trace_number, case.answer.control_number, stamp))
            yield []


def _decide(case: Case, read: Remittance, chosen: Chosen, stamp: Stamp, *, balanced: bool) -> Iterator[Finding]:
    answer, record = case.answer, case.record
    if answer.control_number in chosen.leave_out:
        case.outcome = Outcome.LEFT_OUT
    elif record is None:
        case.outcome = Outcome.UNMATCHED
        message = f"Claim {answer.control_number} is unknown: charged {answer.charge:.2f}, paid {answer.paid:.2f}."
        yield Finding("unknown-claim", f"claims.{answer.control_number}", message, UNKNOWN_FIX)
    elif problems := tuple(objections(record.claimed_amounts, answer, case.sequence)):
        yield from problems
    elif not balanced:
        return
    elif answer.control_number not in chosen.accept and (problems := tuple(case.doubts(record, read.payment_date))):
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
    is_voided = settlement.read(record.postings).status is PaymentStatus.VOIDED
    shares = None if is_voided else shares_of(case.answer, case.sequence, record.answers)
    if isinstance(shares, Finding):
        return shares
    # A denial beside an answer that stands, as of a duplicate, changes nothing of what the plan counts.
    claimed_amounts = replace(record.claimed_amounts, uncounted=ZERO) if record.answers else record.claimed_amounts
    decided = answer_claim(claimed_amounts, record.postings, case.answer, shares, record.given)
    record.answers.insert(0, StandingAnswer(case.sequence, payer, case.answer, outcome=decided.outcome))
    return decided


def _reverse(case: Case, record: OpenRecord, stamp: Stamp) -> Decision | Finding:
    found = [each for each in case.may_take_back if each in record.answers]
    if not found or found[0].place is None:
        return nothing_to_reverse(case.answer)
    if len({each.sequence for each in found}) > 1:
        return which_reversed(case.answer)
    earlier = found[0]
    later = max((each.sequence for each in record.answers), default=FIRST)
    if later > earlier.sequence and earlier.outcome is not Outcome.CREDITED:
        return later_answer_stands(case.answer, later)
    case.takes_back = earlier
    record.answers.remove(earlier)
    posted = [posting for about, posting in record.history if about.id in earlier.transaction_ids]
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
    if settlement.balances(carried).get(Account.CASH, ZERO) < lacking:
        return
    _call_back(case, taker, lacking - taker.credit, stamp)
    if moved := settlement.call_back(lacking, by_payer(taker.history)):
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
            postings.provider_adjustment(each.amount, is_interest=each.reason == INTEREST),
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
