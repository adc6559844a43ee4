"""What becomes of a record's money when its insurer answers: decided from plain values.

Afterwards the insurer owes what it denied, and the client what the insurer leaves to them, each less what is settled already.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from contracts.billing import PaymentStatus

from billing.ledger import grants, settlement
from billing.ledger import postings as ledger_postings
from billing.ledger.postings import Account, Payer, Posting, PostingKind, Standing
from billing.payment_advice.advice import PATIENT, PREDETERMINATION, Adjustment, ClaimPayment
from billing.payment_advice.codes import CONTRACTUAL, STATUSES
from billing.pricing.amounts import ZERO
from billing.remittances import coordination
from billing.remittances.coordination import FIRST, ORDINALS, GivenAnswer, Shares, contractual, counted, denied, together
from billing.remittances.findings import COMPARED, IN_ORDER, LATER_FIRST, POSTED_MANUALLY, finding, money_is_gone
from billing.x12.interchange import Finding


class Outcome(StrEnum):
    """What a remittance did for a claim."""

    PAID = "paid"
    """Answered: the insurer, the contract and the client bear what it states."""
    DENIED = "denied"
    """Nothing moves; the insurer's part stays open for a human."""
    REVERSED = "reversed"
    """An earlier answer was taken back, to the cent."""
    CREDITED = "credited"
    """Its record had been voided: the money is unapplied credit there."""
    LEFT_OUT = "left_out"
    """Somebody decided to post the rest without it; its money is on the payer's account."""
    ASSIGNED = "assigned"
    """It was left out, and somebody has assigned its money to a record."""
    UNMATCHED = "unmatched"
    """The claim is unknown here; the remittance is parked."""
    WAITING = "waiting"
    """The remittance is parked for another reason."""


@dataclass(frozen=True, slots=True)
class ClaimedAmounts:
    """What was claimed of the insurer: the lines of the record that may be claimed, and who bears what of them as billed."""

    charge: Decimal
    patient: Decimal
    discount: Decimal
    """What the clinic gave off; it lowers what the client bears."""
    uncounted: Decimal = ZERO
    """What of the client's part the plan does not count where the claim is denied as a whole: the insurer's part again."""


@dataclass(frozen=True, slots=True)
class Billed:
    """What a record was billed for, as its claim named it."""

    service_codes: frozenset[str]
    service_date: date


@dataclass(frozen=True, slots=True)
class Posted(GivenAnswer):
    """An answer that is posted, or is being posted by the same file, and not taken back."""

    trace_number: str | None = None
    """The payment that gave it; None while its file is being posted."""


@dataclass(frozen=True, slots=True)
class ManualPayment:
    """A payment of the insurer that somebody posted and nobody reversed."""

    amount: Decimal
    reference: str | None

    @property
    def shown(self) -> str:
        """How a person finds it in the ledger."""
        return f"{self.amount:.2f} ({self.reference})" if self.reference else f"{self.amount:.2f}"


@dataclass(frozen=True, slots=True)
class ManualPostings:
    """The insurer's money that people posted to a record and to its other revisions."""

    left: Decimal = ZERO
    """What came in less what was given back, moved away or taken back."""
    payments: tuple[ManualPayment, ...] = ()


NOTHING_MANUAL = ManualPostings()

NOTHING_GIVEN: Final[grants.Given] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Step:
    """One posting and the insurer's reasons for it."""

    posting: Posting
    reason: str | None = None

    @property
    def payer(self) -> Payer:
        """Who pays; of what the client need not pay after all, the client."""
        entries = self.posting.entries
        is_of_client = grants.GIVEN_OFF.get(self.posting.kind) in entries and Account.PATIENT_AR in entries
        return Payer.CLIENT if is_of_client else Payer.INSURER


@dataclass(frozen=True, slots=True)
class Decision:
    """What is posted for one claim."""

    outcome: Outcome
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """Who owes what."""

    client: Decimal
    insurer: Decimal


class NotAsReportedError(ArithmeticError):
    """Receivables that differ from what the remittance states: a bug, never a booking."""


def objections(claimed_amounts: ClaimedAmounts, answer: ClaimPayment, sequence: int = FIRST) -> Iterator[Finding]:
    """Find what keeps an answer to a known claim from being posted without a human; ``sequence`` is which insurer gives it."""
    if answer.status not in STATUSES or answer.status == PREDETERMINATION:
        message = f"CLP02 is {answer.status!r}: {STATUSES.get(answer.status, 'no status that a claim can have')}."
        yield finding("not-an-answer", answer, message)
    if abs(answer.charge) != claimed_amounts.charge:
        message = f"The insurer answers a charge of {answer.charge:.2f}, but the claim was for {claimed_amounts.charge:.2f}."
        yield finding("charge-differs", answer, message)
    if answer.is_reversal:
        return
    off, open_ = contractual(answer), denied(answer)
    if min(answer.charge, answer.paid, answer.patient, open_, off) < 0:
        shares = f"paid {answer.paid:.2f}, client {answer.patient:.2f}, contract {off:.2f}, denied {open_:.2f}"
        yield finding("negative-share", answer, f"Only a reversal may be negative: {shares}.")
    if answer.patient_responsibility not in {None, answer.patient}:
        message = f"CLP05 leaves {answer.patient_responsibility:.2f} to the client, the adjustments {answer.patient:.2f}."
        yield finding("client-share-contradicts", answer, message)
    if sequence == FIRST and counted(answer):
        message = f"It is answered as first insurer, but {counted(answer):.2f} are adjusted for what an insurer before it decided."
        yield finding("order-contradicts", answer, message)


def doubts(
    billed: Billed, answer: ClaimPayment, sequence: int, standing: Sequence[Posted], manual: ManualPostings = NOTHING_MANUAL
) -> Iterator[Finding]:
    """Find what somebody should compare before an answer is posted, and may then accept; a reversal is compared with what it takes back."""
    if answer.is_reversal:
        return
    codes = sorted({line.claimed_code for line in answer.lines} - billed.service_codes)
    if codes:
        message = f"It answers {', '.join(codes)}, but {', '.join(sorted(billed.service_codes))} was claimed."
        yield finding("other-service", answer, message, COMPARED)
    days = sorted({line.service_date for line in answer.lines if line.service_date} - {billed.service_date})
    if days:
        message = f"It answers a service of {', '.join(map(str, days))}, but the service was on {billed.service_date}."
        yield finding("other-service-day", answer, message, COMPARED)
    # A later insurer that answers again is refused by ``shares_of``, whatever it pays.
    same = [each for each in standing if each.sequence == sequence == FIRST and each.answer.control_number == answer.control_number]
    if any(each.trace_number is None for each in same):
        message = f"This file answers claim {answer.control_number} more than once, and does not take an answer back."
        yield finding("answered-twice", answer, message, COMPARED)
    earlier = next((each for each in same if each.trace_number is not None and _pays_the_same(each.answer, answer)), None)
    if earlier is not None:
        message = f"Payment {earlier.trace_number} has paid the same {answer.paid:.2f} for this claim already, with the same adjustments."
        yield finding("likely-duplicate", answer, message, COMPARED)
    elif (paid_before := _paid_of_the_claim(answer, same)) > 0:
        message = (
            f"{paid_before:.2f} are paid for this claim already, which nothing takes back. With the {answer.paid:.2f} of this answer that "
            f"is more than the {coordination.to_be_paid(answer):.2f} that it leaves to the insurer."
        )
        yield finding("likely-duplicate", answer, message, COMPARED)
    elif _was_paid_before(answer, sequence, standing):
        before = next(each for each in standing if _pays_another_claim(each, answer))
        who, number = f"Payment {before.trace_number}" if before.trace_number else "This file", before.answer.control_number
        message = (
            f"{who} has paid {before.answer.paid:.2f} for claim {number} of the same session, which nothing takes back, and this answer "
            f"would add {answer.paid:.2f}."
        )
        yield finding("likely-duplicate", answer, message, COMPARED)
    elif _is_posted_manually(answer, sequence, manual):
        posted = ", ".join(each.shown for each in manual.payments) or f"{manual.left:.2f}"
        message = f"Of the insurer, {posted} was posted by hand to this record already, and this payment would add {answer.paid:.2f}."
        yield finding("likely-duplicate", answer, message, POSTED_MANUALLY)


def _paid_of_the_claim(answer: ClaimPayment, earlier: Sequence[Posted]) -> Decimal:
    """Return what earlier payments paid of the claim where that and this answer are more than the insurer is to pay, else zero."""
    paid = sum((each.answer.paid for each in earlier if each.trace_number is not None), ZERO)
    return paid if answer.paid > 0 and paid > 0 and paid + answer.paid > coordination.to_be_paid(answer) else ZERO


def _was_paid_before(answer: ClaimPayment, sequence: int, standing: Sequence[Posted]) -> bool:
    """Whether the first insurer has paid an earlier claim of the same session, which a corrected one had replaced, and pays again."""
    return sequence == FIRST and answer.paid > 0 and any(_pays_another_claim(each, answer) for each in standing)


def _pays_another_claim(earlier: Posted, answer: ClaimPayment) -> bool:
    return earlier.sequence == FIRST and earlier.answer.control_number != answer.control_number and earlier.answer.paid > 0


def _is_posted_manually(answer: ClaimPayment, sequence: int, manual: ManualPostings) -> bool:
    """Whether somebody may have posted an answer's money already.

    It was the same amount or, of the first insurer, more than its answer leaves open: both together are more than the insurer is to pay.
    """
    if answer.paid <= 0 or manual.left <= 0:
        return False
    amounts = {manual.left, *(each.amount for each in manual.payments)}
    return (answer.paid in amounts and manual.left >= answer.paid) or (sequence == FIRST and manual.left > denied(answer))


def shares_of(answer: ClaimPayment, sequence: int, standing: Sequence[GivenAnswer]) -> Shares | Finding:
    """Return who bears what by an answer and those of the insurers before it; or return why they do not go together."""
    later = [given.sequence for given in standing if given.sequence > max(sequence, FIRST) or given.sequence == sequence > FIRST]
    if later and not coordination.is_whole_denial(answer):
        message = f"The {ORDINALS[sequence]} insurer answers, but an answer of the {ORDINALS[max(later)]} insurer is posted and stands."
        return finding("answered-already", answer, message, LATER_FIRST)
    if sequence == FIRST:
        return coordination.alone(answer)
    before = coordination.up_to(sequence - 1, standing)
    if not before:
        message = f"The {ORDINALS[sequence]} insurer answers, but no answer of the {ORDINALS[sequence - 1]} insurer is posted."
        return finding("prior-answer-missing", answer, message, IN_ORDER)
    fitting = [shares for each in before if (shares := together(each, answer)) is not None]
    if not fitting:
        paid, off = before[0].paid, before[0].contractual
        message = (
            f"The {ORDINALS[sequence]} insurer counts {counted(answer):.2f} as decided before it and takes {contractual(answer):.2f} off; "
            f"those before it paid {paid:.2f} and took {off:.2f} off."
        )
        return finding("prior-answer-differs", answer, message)
    return fitting[0]


def answer_claim(
    claimed_amounts: ClaimedAmounts,
    postings: Sequence[Posting],
    answer: ClaimPayment,
    shares: Shares | None = None,
    given: grants.Given = NOTHING_GIVEN,
) -> Decision:
    """Decide what an answer without objections does to its record.

    ``shares`` are those of all insurers up to this one, ``given`` what people gave off and have not reversed.
    """
    shares = coordination.alone(answer) if shares is None else shares
    before = settlement.read(postings)
    if before.status is PaymentStatus.VOIDED:
        money = ledger_postings.balanced(PostingKind.PAYMENT, {Account.CASH: answer.paid, Account.UNAPPLIED_CREDIT: -answer.paid})
        return Decision(Outcome.CREDITED, _effective((Step(money),)))
    unpaid = coordination.not_paid_for(answer)
    denial = (Step(ledger_postings.balanced(PostingKind.DENIAL, {}), _reasons(unpaid)),) if unpaid else ()
    if coordination.is_whole_denial(answer):
        return Decision(Outcome.DENIED, (*_uncounted(claimed_amounts, postings), *denial))
    # What the contract takes off beyond what was booked, and what moves from the insurer to the client; both may be negative.
    off = shares.contractual - settlement.balances(postings).get(Account.CONTRACTUAL_ADJ, ZERO)
    moved = max(answer.patient - claimed_amounts.discount, ZERO) - _assigned(claimed_amounts, postings)
    by_client, by_insurer = before.owed_by_client + moved, before.owed_by_insurer - off - moved
    # Whoever has paid more than their part by now has credit; what was given off of it beyond that is taken back.
    excess, of_client = settlement.overpaid(max(-by_client, ZERO), Payer.CLIENT, postings)
    beyond, of_insurer = settlement.overpaid(max(-by_insurer, ZERO), Payer.INSURER, postings)
    again = grants.give_more(max(by_client, ZERO), given, postings) if moved > 0 else []
    # Who pays what was given up was owed it after all.
    recovered = grants.recover(answer.paid - max(by_insurer, ZERO), [*postings, *of_insurer])
    # The payment settles what the insurer still owes.
    settles = min(max(by_insurer, ZERO), answer.paid) - beyond + recovered.entries.get(Account.PAYER_AR, ZERO)
    paid = {
        Account.CASH: answer.paid,
        Account.PAYER_AR: -settles,
        Account.PATIENT_AR: excess,
        Account.UNAPPLIED_CREDIT: settles - answer.paid - excess,
    }
    contract = [each for each in answer.all_adjustments if each.group != PATIENT and each.reason in CONTRACTUAL]
    client = [each for each in answer.all_adjustments if each.group == PATIENT]
    steps = _effective((
        Step(ledger_postings.balanced(PostingKind.ADJUSTMENT, {Account.CONTRACTUAL_ADJ: off, Account.PAYER_AR: -off}), _reasons(contract)),
        Step(ledger_postings.balanced(PostingKind.TRANSFER, {Account.PATIENT_AR: moved, Account.PAYER_AR: -moved}), _reasons(client)),
        *(Step(each) for each in (*of_client, *of_insurer, *again, recovered)),
        Step(ledger_postings.balanced(PostingKind.PAYMENT, paid)),
    ))  # fmt: skip
    after = settlement.read([*postings, *(step.posting for step in steps)])
    stated = reported_owed(claimed_amounts, postings, answer, shares)
    _check(replace(stated, client=stated.client + settlement.balances(again).get(Account.PATIENT_AR, ZERO)), answer, after)
    return Decision(Outcome.DENIED if denial and answer.paid == 0 else Outcome.PAID, (*steps, *denial))


def _uncounted(claimed_amounts: ClaimedAmounts, postings: Sequence[Posting]) -> tuple[Step, ...]:
    """Bill the client no longer for what the plan does not count after a denial; what the client has paid of it is their credit."""
    moved = min(claimed_amounts.uncounted, _assigned(claimed_amounts, postings))
    transfer = ledger_postings.balanced(PostingKind.TRANSFER, {Account.PATIENT_AR: -moved, Account.PAYER_AR: moved})
    so_far = [*postings, transfer]
    excess, taken_back = settlement.overpaid(max(-settlement.read(so_far).owed_by_client, ZERO), Payer.CLIENT, so_far)
    credit = ledger_postings.balanced(PostingKind.PAYMENT, {Account.PATIENT_AR: excess, Account.UNAPPLIED_CREDIT: -excess})
    return _effective(Step(each) for each in (transfer, *taken_back, credit))


def reported_owed(claimed_amounts: ClaimedAmounts, postings: Sequence[Posting], answer: ClaimPayment, shares: Shares) -> Owed:
    """Return who owes what according to the insurers, less what is settled already; independently of what is posted for it."""
    at, assigned = settlement.balances(postings), _assigned(claimed_amounts, postings)
    expected = claimed_amounts.charge - at.get(Account.CONTRACTUAL_ADJ, ZERO) - claimed_amounts.discount - assigned
    settled_by_client = assigned - at.get(Account.PATIENT_AR, ZERO)
    settled_by_insurer = expected - at.get(Account.PAYER_AR, ZERO)
    given_off = min(claimed_amounts.discount, answer.patient)
    return Owed(
        client=max(answer.patient - given_off - settled_by_client, ZERO),
        insurer=max(shares.paid - answer.paid + shares.denied - (claimed_amounts.discount - given_off) - settled_by_insurer, ZERO),
    )


def reverse(
    postings: Sequence[Posting], earlier: Sequence[Posting], answer: ClaimPayment, given: grants.Given | None = None
) -> Decision | Finding:
    """Take back, to the cent, what an earlier answer posted; or return why that needs a human.

    ``given`` is what people gave off and have not reversed: what the answer had taken back of it comes back only so far (None: all of it).
    """
    paid = settlement.balances(earlier).get(Account.CASH, ZERO)
    if answer.paid != -paid:
        return finding("reversal-differs", answer, f"The earlier answer paid {paid:.2f}, but {-answer.paid:.2f} is reversed.")
    before = settlement.read(postings)
    if before.status is PaymentStatus.VOIDED:
        steps = [ledger_postings.balanced(PostingKind.PAYMENT, {Account.CASH: -paid, Account.UNAPPLIED_CREDIT: paid})]
    else:
        steps: list[Posting] = []
        for each in earlier:
            if given is not None and grants.takes_back_a_grant(each):
                steps.append(grants.give_again(each, given, [*postings, *steps]))
            else:
                steps.append(ledger_postings.balanced(each.kind, {account: -amount for account, amount in each.entries.items()}))
        if any(each.kind is PostingKind.DENIAL for each in earlier):
            steps.append(ledger_postings.claimed())
        after = settlement.read([*postings, *steps])
        # Who paid in between what is now not theirs to pay has credit; what was given off of it is taken back.
        so_far = [*postings, *steps]
        client, of_client = settlement.overpaid(max(-after.owed_by_client, ZERO), Payer.CLIENT, so_far)
        insurer, of_insurer = settlement.overpaid(max(-after.owed_by_insurer, ZERO), Payer.INSURER, so_far)
        steps += [*of_client, *of_insurer]
        excess = {Account.PATIENT_AR: client, Account.PAYER_AR: insurer, Account.UNAPPLIED_CREDIT: -client - insurer}
        steps.append(ledger_postings.balanced(PostingKind.PAYMENT, excess))
        # What the insurer's credit had settled since is owed by the insurer again.
        lacking = -settlement.read([*postings, *steps]).unapplied_credit
        settled = -settlement.balances(each for each in (*postings, *steps) if each.kind in settlement.SETTLING).get(Account.PAYER_AR, ZERO)
        reopened = max(min(lacking, settled), ZERO)
        steps.append(ledger_postings.balanced(PostingKind.CREDIT, {Account.PAYER_AR: reopened, Account.UNAPPLIED_CREDIT: -reopened}))
    missing = -settlement.read([*postings, *steps]).unapplied_credit
    if missing > 0:
        return money_is_gone(answer, missing)
    reasons = _reasons(answer.all_adjustments)
    return Decision(Outcome.REVERSED, _effective(Step(posting, reasons) for posting in steps))


def _check(stated: Owed, answer: ClaimPayment, after: Standing) -> None:
    if (after.owed_by_client, after.owed_by_insurer) != (stated.client, stated.insurer) or after.unapplied_credit < 0:
        message = f"{after} is not what claim {answer.control_number} states: {stated}"
        raise NotAsReportedError(message)


def _assigned(claimed_amounts: ClaimedAmounts, postings: Sequence[Posting]) -> Decimal:
    """Return what the client is to bear of the claimed lines by now: as billed, and as insurers have answered since."""
    moved = (posting.entries.get(Account.PATIENT_AR, ZERO) for posting in postings if posting.kind is PostingKind.TRANSFER)
    return claimed_amounts.patient + sum(moved, ZERO)


def _reasons(adjustments: Sequence[Adjustment]) -> str | None:
    """Name each reason once, the dearest first, such as ``CO-197, CO-16``."""
    dearest = sorted(adjustments, key=lambda each: -abs(each.amount))
    return ", ".join(dict.fromkeys(each.code for each in dearest)) or None


def _effective(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Leave out what moves nothing and records nothing."""
    return tuple(step for step in steps if step.posting.entries or step.posting.kind is PostingKind.CLAIM)


def _pays_the_same(earlier: ClaimPayment, answer: ClaimPayment) -> bool:
    """Whether an answer would pay once more what an earlier one paid; one that pays nothing moves nothing again."""
    both = [(each.charge, each.paid, sorted((one.code, one.amount) for one in each.all_adjustments)) for each in (earlier, answer)]
    return answer.paid != 0 and both[0] == both[1]
