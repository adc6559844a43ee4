"""What becomes of a record's money when its insurer answers: decided from plain values.

Afterwards the insurer owes what it denied, and the client what the insurer leaves to them, each less what is settled already.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from contracts.billing import PaymentStatus

from billing import ledger
from billing.ledger import Account, Entries, Posting, PostingKind, Standing
from billing.pricing import ZERO
from billing.remittances.codes import CONTRACTUAL, STATUSES
from billing.remittances.interchange import Finding
from billing.remittances.remittance import DENIED, PATIENT, PREDETERMINATION, Adjustment, ClaimPayment

BY_HAND = "Post the remittance without this claim (leave_out), and settle its record by hand."


class Outcome(StrEnum):
    """What a remittance did for a claim."""

    PAID = "paid"
    """Answered: the insurer, the contract and the client bear what it says."""
    DENIED = "denied"
    """Nothing moves; the insurer's part stays open for a human."""
    REVERSED = "reversed"
    """An earlier answer was taken back, to the cent."""
    CREDITED = "credited"
    """Its record had been voided: the money is unapplied credit there."""
    LEFT_OUT = "left_out"
    """Somebody decided to post the rest without it."""
    UNMATCHED = "unmatched"
    """Nobody here knows the claim; the remittance is parked."""
    WAITING = "waiting"
    """The remittance is parked for another reason."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the insurer was asked for: the lines of the record that may be claimed, and who bears what of them as billed."""

    charge: Decimal
    patient: Decimal
    discount: Decimal
    """What the clinic gave off; it lowers what the client bears."""


@dataclass(frozen=True, slots=True)
class Step:
    """One posting and the insurer's reasons for it."""

    posting: Posting
    reason: str | None = None


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


class NotAsToldError(ArithmeticError):
    """Receivables that differ from what the remittance says: a bug, never a booking."""


def objections(asked: Asked, answer: ClaimPayment) -> Iterator[Finding]:
    """Find what keeps an answer to a known claim from being posted without a human."""
    if answer.status not in STATUSES or answer.status == PREDETERMINATION:
        message = f"CLP02 is {answer.status!r}: {STATUSES.get(answer.status, 'no status that a claim can have')}."
        yield _finding("not-an-answer", answer, message)
    if abs(answer.charge) != asked.charge:
        message = f"The insurer answers a charge of {answer.charge:.2f}, but it was asked for {asked.charge:.2f}."
        yield _finding("charge-differs", answer, message)
    if answer.is_reversal:
        return
    denied, contractual = _denied(answer), _contractual(answer)
    if min(answer.charge, answer.paid, answer.patient, denied, contractual) < 0:
        shares = f"paid {answer.paid:.2f}, client {answer.patient:.2f}, contract {contractual:.2f}, denied {denied:.2f}"
        yield _finding("negative-share", answer, f"Only a reversal may be negative: {shares}.")
    if answer.patient_responsibility not in {None, answer.patient}:
        message = f"CLP05 leaves {answer.patient_responsibility:.2f} to the client, the adjustments {answer.patient:.2f}."
        yield _finding("client-share-contradicts", answer, message)


def answer_claim(asked: Asked, postings: Sequence[Posting], answer: ClaimPayment) -> Decision:
    """Decide what an answer without objections does to its record."""
    before = ledger.read(postings)
    if before.status is PaymentStatus.VOIDED:
        money = _posting(PostingKind.PAYMENT, {Account.CASH: answer.paid, Account.UNAPPLIED_CREDIT: -answer.paid})
        return Decision(Outcome.CREDITED, _told((Step(money),)))
    refused = _refused(answer)
    denial = (Step(_posting(PostingKind.DENIAL, {}), _reasons(refused)),) if refused else ()
    if denial and answer.paid == 0 and answer.patient == 0:
        return Decision(Outcome.DENIED, denial)
    # What the contract takes off beyond what was booked, and what moves from the insurer to the client; both may be negative.
    off = _contractual(answer) - ledger.balances(postings).get(Account.CONTRACTUAL_ADJ, ZERO)
    moved = max(answer.patient - asked.discount, ZERO) - _assigned(asked, postings)
    by_client, by_insurer = before.owed_by_client + moved, before.owed_by_insurer - off - moved
    # The payment settles what the insurer still owes; whoever has paid more than their part by now has credit.
    settles = by_insurer - max(by_insurer - answer.paid, ZERO)
    excess = max(-by_client, ZERO)
    paid = {
        Account.CASH: answer.paid,
        Account.PAYER_AR: -settles,
        Account.PATIENT_AR: excess,
        Account.UNAPPLIED_CREDIT: settles - answer.paid - excess,
    }
    contract = [each for each in answer.all_adjustments if each.group != PATIENT and each.reason in CONTRACTUAL]
    client = [each for each in answer.all_adjustments if each.group == PATIENT]
    steps = _told((
        Step(_posting(PostingKind.ADJUSTMENT, {Account.CONTRACTUAL_ADJ: off, Account.PAYER_AR: -off}), _reasons(contract)),
        Step(_posting(PostingKind.TRANSFER, {Account.PATIENT_AR: moved, Account.PAYER_AR: -moved}), _reasons(client)),
        Step(_posting(PostingKind.PAYMENT, paid)),
    ))  # fmt: skip
    after = ledger.read([*postings, *(step.posting for step in steps)])
    _check(asked, postings, answer, after)
    return Decision(Outcome.DENIED if denial and answer.paid == 0 else Outcome.PAID, (*steps, *denial))


def told_owed(asked: Asked, postings: Sequence[Posting], answer: ClaimPayment) -> Owed:
    """Return who owes what according to the answer, less what is settled already; independently of what is posted for it."""
    at, assigned = ledger.balances(postings), _assigned(asked, postings)
    expected = asked.charge - at.get(Account.CONTRACTUAL_ADJ, ZERO) - asked.discount - assigned
    settled_by_client = assigned - at.get(Account.PATIENT_AR, ZERO)
    settled_by_insurer = expected - at.get(Account.PAYER_AR, ZERO)
    given_off = min(asked.discount, answer.patient)
    return Owed(
        client=max(answer.patient - given_off - settled_by_client, ZERO),
        insurer=max(_denied(answer) - (asked.discount - given_off) - settled_by_insurer, ZERO),
    )


def reverse(postings: Sequence[Posting], earlier: Sequence[Posting], answer: ClaimPayment) -> Decision | Finding:
    """Take back, to the cent, what an earlier answer posted; or say why that needs a human."""
    paid = ledger.balances(earlier).get(Account.CASH, ZERO)
    if answer.paid != -paid:
        return _finding("reversal-differs", answer, f"The earlier answer paid {paid:.2f}, but {-answer.paid:.2f} is reversed.")
    before = ledger.read(postings)
    if before.status is PaymentStatus.VOIDED:
        steps = [_posting(PostingKind.PAYMENT, {Account.CASH: -paid, Account.UNAPPLIED_CREDIT: paid})]
    else:
        steps = [_posting(each.kind, {account: -amount for account, amount in each.entries.items()}) for each in earlier if each.entries]
        if any(each.kind is PostingKind.DENIAL for each in earlier):
            steps.append(ledger.claimed())
        after = ledger.read([*postings, *steps])
        # Who paid in between what is now not theirs to pay has credit.
        client, insurer = max(-after.owed_by_client, ZERO), max(-after.owed_by_insurer, ZERO)
        excess = {Account.PATIENT_AR: client, Account.PAYER_AR: insurer, Account.UNAPPLIED_CREDIT: -client - insurer}
        steps.append(_posting(PostingKind.PAYMENT, excess))
    missing = -ledger.read([*postings, *steps]).unapplied_credit
    if missing > 0:
        message = f"Of the money that is reversed, {missing:.2f} were refunded or used already."
        return _finding("credit-is-gone", answer, message)
    reasons = _reasons(answer.all_adjustments)
    return Decision(Outcome.REVERSED, _told(Step(posting, reasons) for posting in steps))


def nothing_to_reverse(answer: ClaimPayment) -> Finding:
    """Say that a reversal takes back what was never posted."""
    return _finding("nothing-to-reverse", answer, "The reversed answer was never posted by a remittance.")


def _check(asked: Asked, postings: Sequence[Posting], answer: ClaimPayment, after: Standing) -> None:
    told = told_owed(asked, postings, answer)
    if (after.owed_by_client, after.owed_by_insurer) != (told.client, told.insurer) or after.unapplied_credit < 0:
        message = f"{after} is not what claim {answer.control_number} says: {told}"
        raise NotAsToldError(message)


def _assigned(asked: Asked, postings: Sequence[Posting]) -> Decimal:
    """Return what the client is to bear of the claimed lines by now: as billed, and as insurers have said since."""
    moved = (posting.entries.get(Account.PATIENT_AR, ZERO) for posting in postings if posting.kind is PostingKind.TRANSFER)
    return asked.patient + sum(moved, ZERO)


def _contractual(answer: ClaimPayment) -> Decimal:
    return sum((each.amount for each in answer.all_adjustments if each.group != PATIENT and each.reason in CONTRACTUAL), ZERO)


def _denied(answer: ClaimPayment) -> Decimal:
    return sum((each.amount for each in answer.all_adjustments if each.group != PATIENT and each.reason not in CONTRACTUAL), ZERO)


def _refused(answer: ClaimPayment) -> list[Adjustment]:
    """Return the insurer's reasons not to pay; of a claim that is denied as a whole, whatever it gives."""
    found = [each for each in answer.all_adjustments if each.group != PATIENT and each.reason not in CONTRACTUAL and each.amount]
    return found or (list(answer.all_adjustments) if answer.status == DENIED else [])


def _reasons(adjustments: Sequence[Adjustment]) -> str | None:
    """Name each reason once, the dearest first, such as ``CO-197, CO-16``."""
    dearest = sorted(adjustments, key=lambda each: -abs(each.amount))
    return ", ".join(dict.fromkeys(each.code for each in dearest)) or None


def _told(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Leave out what moves nothing and says nothing."""
    return tuple(step for step in steps if step.posting.entries or step.posting.kind is PostingKind.CLAIM)


def _posting(kind: PostingKind, entries: Entries) -> Posting:
    return Posting(kind, {account: amount for account, amount in entries.items() if amount})


def _finding(code: str, answer: ClaimPayment, message: str) -> Finding:
    return Finding(code, f"claims.{answer.control_number}", message, BY_HAND)
