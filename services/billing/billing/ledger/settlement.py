"""Who owes what after postings, and which postings settle it; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.billing import PaymentStatus

from billing.ledger.grants import GIVEN_OFF, given_off
from billing.ledger.postings import (
    RECEIVABLE,
    Account,
    Entries,
    Payer,
    Posting,
    PostingKind,
    Standing,
    balanced,
    payment,
)
from billing.pricing.amounts import ZERO

SETTLING = frozenset({PostingKind.PAYMENT, PostingKind.CREDIT})
"""Postings by which money settles what is owed, or stops to do so."""

KEPT_BY_A_VOID = frozenset({Account.CASH, Account.UNAPPLIED_CREDIT})
"""A void takes the bill back, not the money that came in for it."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Who bears what of the charge by now: as billed, as people gave off, and as insurers have answered; the parts sum to the charge."""

    contractual: Decimal
    discount: Decimal
    written_off: Decimal
    client: Decimal
    insurer: Decimal


def assigned(amount: Decimal, history: Sequence[tuple[Payer | None, Posting]]) -> Posting | None:
    """Return the posting of an insurer's money to the record that has this history or, negative, of what is taken back from it.

    None where the record does not have that much of the insurer's money.
    """
    if amount < 0:
        return withdraw(-amount, Payer.INSURER, history, PostingKind.PAYMENT)
    return payment(amount, Payer.INSURER, read([posting for _, posting in history]))


def shares(postings: Iterable[Posting]) -> Shares:
    """Return who bears what of the charge by these postings, whoever has paid of it."""
    borne = balances(posting for posting in postings if posting.kind not in SETTLING)
    return Shares(
        contractual=borne.get(Account.CONTRACTUAL_ADJ, ZERO),
        discount=borne.get(Account.DISCOUNT, ZERO),
        written_off=borne.get(Account.BAD_DEBT, ZERO),
        client=borne.get(Account.PATIENT_AR, ZERO),
        insurer=borne.get(Account.PAYER_AR, ZERO),
    )


@dataclass(frozen=True, slots=True)
class Funds:
    """Whose money a record has and what it settles, read off all its postings."""

    credit: Mapping[Payer, Decimal]
    """What settles nothing; the parts sum to the record's credit, and none is negative."""
    settled: Mapping[Payer, Decimal]
    """How much of what each payer is to bear is settled by that payer's own money."""
    covered: Decimal
    """How much of what the client is to bear is settled by the insurer's money."""
    lacking: Decimal
    """How much more is settled in the insurer's name than the insurer has paid and not got back."""


def funds(history: Iterable[tuple[Payer | None, Posting]]) -> Funds:
    """Return whose money a record has: each payer's own settles what that payer is to bear, and the rest is that payer's credit.

    A posting names the payer whose money moves in or out. An insurer's money settles some of the client's part where somebody posted more
    for the insurer than it owed. Older refunds and moved credit may name the other payer; the parts are then as near as they can be.
    """
    postings = list(history)
    standing = read([posting for _, posting in postings])
    whole, is_void = standing.unapplied_credit, standing.status is PaymentStatus.VOIDED
    paid, settled, covered = dict.fromkeys(Payer, ZERO), dict.fromkeys(Payer, ZERO), ZERO
    for named, posting in postings:
        payer = named or Payer.CLIENT
        cash = posting.entries.get(Account.CASH, ZERO)
        paid[payer] += cash
        if is_void or posting.kind not in SETTLING:
            continue
        for owing, account in RECEIVABLE.items():
            settled[owing] -= posting.entries.get(account, ZERO)
        of_client = posting.entries.get(Account.PATIENT_AR, ZERO)
        if payer is Payer.INSURER and cash * of_client < 0:
            covered -= of_client
    most = min(covered, settled[Payer.CLIENT], paid[Payer.INSURER] - settled[Payer.INSURER])
    covered = max(most, settled[Payer.CLIENT] - paid[Payer.CLIENT], ZERO)
    left = paid[Payer.INSURER] - settled[Payer.INSURER] - covered
    by_insurer = min(max(left, ZERO), whole)
    return Funds(
        credit={Payer.CLIENT: whole - by_insurer, Payer.INSURER: by_insurer},
        settled={Payer.CLIENT: settled[Payer.CLIENT] - covered, Payer.INSURER: settled[Payer.INSURER]},
        covered=covered,
        lacking=max(-left, ZERO),
    )


def settle(history: Sequence[tuple[Payer | None, Posting]]) -> list[tuple[Payer, Posting]]:
    """Return the postings by which each payer's credit settles what the same payer owes on the record; then nobody has credit and owes.

    Where more is settled in the insurer's name than its money, and the client's credit stands for the rest, the insurer owes that again.
    """
    postings = list(history)
    settled: list[tuple[Payer, Posting]] = []
    found = funds(postings)
    reopened = min(found.lacking, found.settled[Payer.INSURER], found.credit[Payer.CLIENT])
    if reopened > 0:
        settled.append((Payer.INSURER, _settling(Payer.INSURER, -reopened)))
    for payer in Payer:
        now = [*postings, *settled]
        owed = balances(posting for _, posting in now).get(RECEIVABLE[payer], ZERO)
        amount = min(owed, funds(now).credit[payer])
        if amount > 0:
            settled.append((payer, _settling(payer, amount)))
    return settled


def _settling(payer: Payer, amount: Decimal) -> Posting:
    return balanced(PostingKind.CREDIT, {Account.UNAPPLIED_CREDIT: amount, RECEIVABLE[payer]: -amount})


def withdraw(
    amount: Decimal, payer: Payer, history: Sequence[tuple[Payer | None, Posting]], kind: PostingKind, refunded: Decimal = ZERO
) -> Posting | None:
    """Return the posting that takes money of a payer out of a record: out of that payer's credit first; what else it settled is owed again.

    So is what was ``refunded`` of it. None where the record does not have that much of the payer's money any more.
    """
    found = funds(history)
    from_credit = min(amount, found.credit[payer])
    covered = min(amount - from_credit, found.covered) if payer is Payer.INSURER else ZERO
    reopened = amount - from_credit - covered
    if reopened > found.settled[payer] + refunded:
        return None
    entries = {Account.CASH: -amount, Account.UNAPPLIED_CREDIT: from_credit, Account.PATIENT_AR: covered}
    return balanced(kind, entries | {RECEIVABLE[payer]: reopened})


def opposite(posting: Posting, payer: Payer, history: Sequence[tuple[Payer | None, Posting]], refunded: Decimal = ZERO) -> Posting | None:
    """Return what takes a posting back; of money that came in, None where the record does not have it any more.

    Money that an insurer had taken back settles again what the insurer owes by now, and of the client's part at most what it had then.

    Of what was given off, so much is taken back as an insurer's answer has left of it.
    """
    cash = posting.entries.get(Account.CASH, ZERO)
    if cash > 0:
        return withdraw(cash, payer, history, posting.kind, refunded)
    if posting.kind is PostingKind.PAYMENT:
        covers = posting.entries.get(Account.PATIENT_AR, ZERO)
        return payment(-cash, payer, read([stated for _, stated in history]), covers=covers)
    if posting.kind in GIVEN_OFF:
        account = GIVEN_OFF[posting.kind]
        amount = min(posting.entries[account], given_off(posting.kind, payer, (stated for _, stated in history)))
        return balanced(posting.kind, {account: -amount, RECEIVABLE[payer]: amount})
    return balanced(posting.kind, {account: -amount for account, amount in posting.entries.items()})


def call_back(amount: Decimal, history: Sequence[tuple[Payer | None, Posting]]) -> tuple[Posting, Posting] | None:
    """Return two postings that bring back so much of the insurer's money that was moved to a record: out of it, and to where it came from.

    None where the record does not have that money any more.
    """
    out = withdraw(amount, Payer.INSURER, history, PostingKind.CREDIT)
    back = balanced(PostingKind.CREDIT, {Account.CASH: amount, Account.UNAPPLIED_CREDIT: -amount})
    return None if out is None else (out, back)


def overpaid(excess: Decimal, payer: Payer, postings: Sequence[Posting]) -> tuple[Decimal, list[Posting]]:
    """Divide what is settled of a payer's part beyond what the payer is to bear: money is credit, and the rest had been given off.

    Return the credit, and what takes back so much of what people gave off: it is not owed after all.
    """
    money = -sum((each.entries.get(RECEIVABLE[payer], ZERO) for each in postings if each.kind in SETTLING), ZERO)
    rest = max(excess - max(money, ZERO), ZERO)
    taken_back: list[Posting] = []
    for kind, account in GIVEN_OFF.items():
        amount = min(rest, given_off(kind, payer, postings))
        if amount > 0:
            taken_back.append(balanced(kind, {account: -amount, RECEIVABLE[payer]: amount}))
            rest -= amount
    return excess - sum((each.entries[RECEIVABLE[payer]] for each in taken_back), ZERO), taken_back


def refunded_beyond(postings: Iterable[Posting]) -> Decimal:
    """Return how much more was paid back for a record than came in for it: a payment was reversed after it had been refunded."""
    return max(-balances(postings).get(Account.CASH, ZERO), ZERO)


def void(postings: Sequence[Posting]) -> Posting:
    """Return the posting that voids a bill: everything is reversed, and money that came in becomes unapplied credit.

    Of a bill without ``refunded_beyond``: that would be a credit below zero.
    """
    reversed_ = {account: -amount for account, amount in balances(postings).items() if account not in KEPT_BY_A_VOID}
    return balanced(PostingKind.VOID, {**reversed_, Account.UNAPPLIED_CREDIT: -sum(reversed_.values(), ZERO)})


def balances(postings: Iterable[Posting]) -> dict[Account, Decimal]:
    """Return the sum of the entries of each account that has any."""
    total: defaultdict[Account, Decimal] = defaultdict(lambda: ZERO)
    for posting in postings:
        for account, amount in posting.entries.items():
            total[account] += amount
    return dict(total)


def read(postings: Sequence[Posting]) -> Standing:
    """Return where a record's money is after these postings."""
    at = balances(postings)
    owed_by_client, owed_by_insurer = at.get(Account.PATIENT_AR, ZERO), at.get(Account.PAYER_AR, ZERO)
    return Standing(
        status=_status(postings, at, owed_by_client + owed_by_insurer),
        owed_by_client=owed_by_client,
        owed_by_insurer=owed_by_insurer,
        unapplied_credit=-at.get(Account.UNAPPLIED_CREDIT, ZERO),
    )


def _status(postings: Sequence[Posting], at: Entries, balance: Decimal) -> PaymentStatus:
    if any(posting.kind is PostingKind.VOID for posting in postings):
        return PaymentStatus.VOIDED
    received = at.get(Account.CASH, ZERO)
    if balance > 0:
        return _owing(postings, at, received)
    if received == 0 and any(posting.kind is PostingKind.REFUND for posting in postings):
        return PaymentStatus.REFUNDED
    given_up = any(posting.kind in {PostingKind.ADJUSTMENT, PostingKind.WRITE_OFF} for posting in postings)
    return PaymentStatus.WRITTEN_OFF if given_up and received == 0 else PaymentStatus.PAID


def _owing(postings: Sequence[Posting], at: Entries, received: Decimal) -> PaymentStatus:
    """Return the status of a record that is owed for, by the insurer's last answer, as long as the insurer owes some of it."""
    requested: list[PostingKind] = []
    for posting in postings:
        if posting.kind in {PostingKind.CLAIM, PostingKind.DENIAL}:
            requested.append(posting.kind)
        elif posting.kind is PostingKind.REJECTION and PostingKind.CLAIM in requested:
            del requested[len(requested) - 1 - requested[::-1].index(PostingKind.CLAIM)]
    last = requested[-1] if requested and at.get(Account.PAYER_AR, ZERO) > 0 else None
    if last is PostingKind.DENIAL:
        return PaymentStatus.DENIED
    if received > 0:
        return PaymentStatus.PARTIALLY_PAID
    return PaymentStatus.SUBMITTED if last is PostingKind.CLAIM else PaymentStatus.PENDING
