"""Coordination of benefits, pure: what an answer means next to the answers of the insurers before it.

The first insurer's answer stands alone. A later insurer answers the whole charge again and counts what those before it paid and took
off as one adjustment with reason 23. From all of them together follows who bears what (ASC X12 005010X221A1, CLP02 and CAS).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from billing.payment_advice.advice import PATIENT, Adjustment, ClaimPayment
from billing.payment_advice.codes import CONTRACTUAL
from billing.pricing.amounts import ZERO

FIRST: Final = 1
SEQUENCES: Final = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}
"""CLP02 by the insurer's place in the order in which they are billed."""
ORDINALS: Final = {1: "first", 2: "second", 3: "third"}
LAST: Final = max(ORDINALS)
PRIOR_INSURERS: Final = "23"
"""The reason under which a later insurer counts what those before it paid and took off."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Who bears what of a charge, by all insurers up to one of them; the four sum to the charge."""

    paid: Decimal
    patient: Decimal
    contractual: Decimal
    denied: Decimal


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that is posted and not taken back."""

    sequence: int
    payer: str | None
    """TRN03 of the payment."""
    answer: ClaimPayment


def sequence_of(answer: ClaimPayment, payer: str, standing: Sequence[GivenAnswer]) -> int:
    """Return which insurer answers: as CLP02 states or, of a denial that does not state it, one after those that have answered.

    One whose answer stands keeps its place, unless it was the first and counts an insurer before it: then it answers for a second plan.
    """
    if stated := SEQUENCES.get(answer.status):
        return stated
    own = next((given.sequence for given in standing if given.payer == payer), None)
    if own is not None and (own > FIRST or not counted(answer)):
        return own
    others = max((given.sequence for given in standing if given.payer != payer), default=0)
    return min(max(others, FIRST if counted(answer) else others) + 1, LAST)


def counted(answer: ClaimPayment) -> Decimal:
    """Return what an insurer counts as paid or taken off by those before it."""
    return _sum(answer, lambda each: each.reason == PRIOR_INSURERS)


def contractual(answer: ClaimPayment) -> Decimal:
    """Return what a contract or a law takes off."""
    return _sum(answer, lambda each: each.reason in CONTRACTUAL)


def refused(answer: ClaimPayment) -> list[Adjustment]:
    """Return the adjustments that nobody bears yet: an insurer does not pay them, and no contract takes them off."""
    known = CONTRACTUAL | {PRIOR_INSURERS}
    return [each for each in answer.all_adjustments if each.group != PATIENT and each.reason not in known and each.amount]


def not_paid_for(answer: ClaimPayment) -> list[Adjustment]:
    """Return the insurer's reasons not to pay; of a claim that is denied as a whole, whatever it gives."""
    return refused(answer) or (list(answer.all_adjustments) if answer.is_denied else [])


def to_be_paid(answer: ClaimPayment) -> Decimal:
    """Return what the insurer is to pay at most of a claim, by its own answer."""
    return max(answer.charge - contractual(answer) - answer.patient, ZERO)


def denied(answer: ClaimPayment) -> Decimal:
    """Return the sum of what is refused."""
    return sum((each.amount for each in refused(answer)), ZERO)


def is_whole_denial(answer: ClaimPayment) -> bool:
    """Whether an answer pays nothing, leaves nothing to the client and refuses something: it moves no money."""
    return answer.paid == 0 and answer.patient == 0 and (answer.is_denied or denied(answer) != 0)


def alone(answer: ClaimPayment) -> Shares:
    """Return who bears what by the first insurer's answer."""
    if is_whole_denial(answer):
        return Shares(ZERO, ZERO, ZERO, answer.charge)
    return Shares(answer.paid, answer.patient, contractual(answer), denied(answer))


def together(before: Shares, answer: ClaimPayment) -> Shares | None:
    """Return who bears what by a later insurer's answer and those before it; None where they do not fit together.

    An insurer counts what those before it paid, with or without what they took off and refused. Where it counts the payments alone, its
    own contractual adjustment is that of the whole charge and not below theirs.
    """
    if is_whole_denial(answer):
        return before
    count, off, open_ = counted(answer), contractual(answer), denied(answer)
    if count == before.paid + before.contractual + before.denied:
        off, open_ = off + before.contractual, open_ + before.denied
    elif count == before.paid + before.contractual:
        off += before.contractual
    elif count != before.paid or off < before.contractual:
        return None
    return Shares(before.paid + answer.paid, answer.patient, off, open_)


def up_to(sequence: int, standing: Sequence[GivenAnswer]) -> list[Shares]:
    """Return who bears what by the insurers up to one, once for each combination of their standing answers that fits, the latest first."""
    found = [alone(given.answer) for given in standing if given.sequence == FIRST]
    for each in range(FIRST + 1, sequence + 1):
        answers = [given.answer for given in standing if given.sequence == each]
        found = [shares for before in found for answer in answers if (shares := together(before, answer)) is not None]
    return found


def _sum(answer: ClaimPayment, counts: Callable[[Adjustment], bool]) -> Decimal:
    return sum((each.amount for each in answer.all_adjustments if each.group != PATIENT and counts(each)), ZERO)
