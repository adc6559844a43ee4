"""The double-entry ledger, pure: every posting balances to zero, nothing is ever changed, and a record's status is read off it.

Debits are positive, credits negative. What a client or an insurer still owes is the balance of their receivable.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.billing import PaymentStatus

from billing.pricing import ZERO, Quote


class Account(StrEnum):
    """Where money stands."""

    PATIENT_AR = "patient_ar"
    """What the client owes."""
    PAYER_AR = "payer_ar"
    """What the insurer owes."""
    REVENUE = "revenue"
    CONTRACTUAL_ADJ = "contractual_adj"
    DISCOUNT = "discount"
    BAD_DEBT = "bad_debt"
    CASH = "cash"
    UNAPPLIED_CREDIT = "unapplied_credit"
    """Money that came in and settles nothing yet."""
    INTEREST = "interest"
    """What payers paid for being late."""
    PAYER_ACCOUNT = "payer_account"
    """What payers withhold from whole payments or add to them until it is settled: overpayments, balances carried forward, money for claims
    that were left out."""


class PostingKind(StrEnum):
    """What a posting tells."""

    CHARGE = "charge"
    PAYMENT = "payment"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    VOID = "void"
    CLAIM = "claim"
    """The insurer was asked; moves nothing."""
    REJECTION = "rejection"
    """A claim was sent back before any decision: the insurer counts as not asked; moves nothing."""
    DENIAL = "denial"
    """The insurer will not pay what it was asked for; moves nothing by itself."""
    TRANSFER = "transfer"
    """What the insurer leaves to the client after all."""
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    """What a payer adds to a whole payment or withholds from it, for no record."""
    UNASSIGNED = "unassigned"
    """What a payment has for a claim that was left out of it, until somebody assigns it to a record."""
    CREDIT = "credit"
    """Unapplied credit settles what is owed: on another record, or later on its own."""


class Payer(StrEnum):
    """Who pays."""

    CLIENT = "client"
    INSURER = "insurer"


class PaymentMethod(StrEnum):
    """How money came in."""

    CASH = "cash"
    CARD = "card"
    CHECK = "check"
    TRANSFER = "transfer"
    EFT = "eft"
    ERA = "era"
    """As an insurer's electronic remittance says."""
    OTHER = "other"


Entries = Mapping[Account, Decimal]

SETTLING = frozenset({PostingKind.PAYMENT, PostingKind.CREDIT})
"""Postings by which money settles what is owed, or stops to do so."""
RECEIVABLE = {Payer.CLIENT: Account.PATIENT_AR, Payer.INSURER: Account.PAYER_AR}
"""What each payer owes."""
GIVEN_OFF = {PostingKind.WRITE_OFF: Account.BAD_DEBT, PostingKind.ADJUSTMENT: Account.DISCOUNT}
"""Where it stands what people gave up, and what they gave off."""
Given = Mapping[tuple[PostingKind, Payer], Decimal]
"""What is given off or given up of a payer's part, by kind and payer."""
KEPT_BY_A_VOID = frozenset({Account.CASH, Account.UNAPPLIED_CREDIT})
"""A void takes the bill back, not the money that came in for it."""


class UnbalancedPostingError(ArithmeticError):
    """Entries that do not sum to zero: a bug, never a booking."""


@dataclass(frozen=True, slots=True)
class Posting:
    """What happened once, as entries that sum to zero."""

    kind: PostingKind
    entries: Entries

    def __post_init__(self) -> None:
        """Refuse entries that do not balance."""
        if sum(self.entries.values()) != 0:
            message = f"a {self.kind} of {dict(self.entries)} does not balance"
            raise UnbalancedPostingError(message)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record's money is, read off all its postings."""

    status: PaymentStatus
    owed_by_client: Decimal
    owed_by_insurer: Decimal
    unapplied_credit: Decimal

    @property
    def balance(self) -> Decimal:
        """What is still owed, by whomever."""
        return self.owed_by_client + self.owed_by_insurer


@dataclass(frozen=True, slots=True)
class Shares:
    """Who bears what of the charge by now: as billed, as people gave off, and as insurers have answered; the parts sum to the charge."""

    contractual: Decimal
    discount: Decimal
    written_off: Decimal
    client: Decimal
    insurer: Decimal


def charge(quote: Quote) -> Posting:
    """Book a priced visit: who owes it, what the contract and a discount took off, what was earned."""
    return _posting(
        PostingKind.CHARGE,
        {
            Account.PATIENT_AR: quote.patient,
            Account.PAYER_AR: quote.insurer,
            Account.CONTRACTUAL_ADJ: quote.contractual_adjustment,
            Account.DISCOUNT: quote.other_adjustment,
            Account.REVENUE: -quote.charge,
        },
    )


def payment(
    amount: Decimal, payer: Payer, standing: Standing, kind: PostingKind = PostingKind.PAYMENT, covers: Decimal | None = None
) -> Posting:
    """Book money that came in; what nobody owes becomes unapplied credit.

    An insurer that pays more than was expected lowers what the client owes, at most by ``covers`` where that is given; a client never
    pays the insurer's part.
    """
    to_payer = min(amount, standing.owed_by_insurer) if payer is Payer.INSURER else ZERO
    to_client = min(amount - to_payer, standing.owed_by_client)
    if covers is not None and payer is Payer.INSURER:
        to_client = min(to_client, covers)
    return _posting(
        kind,
        {
            Account.CASH: amount,
            Account.PAYER_AR: -to_payer,
            Account.PATIENT_AR: -to_client,
            Account.UNAPPLIED_CREDIT: to_payer + to_client - amount,
        },
    )


def adjustment(amount: Decimal) -> Posting:
    """Take an amount off what the client owes."""
    return _posting(PostingKind.ADJUSTMENT, {Account.DISCOUNT: amount, Account.PATIENT_AR: -amount})


def write_off(amount: Decimal, payer: Payer) -> Posting:
    """Give up what the client or the insurer owes: it will not be paid."""
    owed = Account.PAYER_AR if payer is Payer.INSURER else Account.PATIENT_AR
    return _posting(PostingKind.WRITE_OFF, {Account.BAD_DEBT: amount, owed: -amount})


def claimed() -> Posting:
    """Note that the insurer was asked; nothing moves."""
    return _posting(PostingKind.CLAIM, {})


def rejected() -> Posting:
    """Note that the latest claim was sent back before any decision; nothing moves."""
    return _posting(PostingKind.REJECTION, {})


def provider_adjustment(amount: Decimal, *, is_interest: bool) -> Posting:
    """Book what a payer withholds from a whole payment or, negative, adds to it."""
    account = Account.INTEREST if is_interest else Account.PAYER_ACCOUNT
    return _posting(PostingKind.PROVIDER_ADJUSTMENT, {Account.CASH: -amount, account: amount})


def unassigned(amount: Decimal) -> Posting:
    """Book what a payment has for a claim that was left out of it or, negative, takes back for one; its opposite assigns it."""
    return _posting(PostingKind.UNASSIGNED, {Account.CASH: amount, Account.PAYER_ACCOUNT: -amount})


def assigned(amount: Decimal, history: Sequence[tuple[Payer | None, Posting]]) -> Posting | None:
    """Post an insurer's money to the record that has this history or, negative, take it back from it.

    None where the record does not have that much of the insurer's money.
    """
    if amount < 0:
        return withdraw(-amount, Payer.INSURER, history, PostingKind.PAYMENT)
    return payment(amount, Payer.INSURER, read([posting for _, posting in history]))


def refund(amount: Decimal) -> Posting:
    """Hand money back that settles nothing."""
    return _posting(PostingKind.REFUND, {Account.UNAPPLIED_CREDIT: amount, Account.CASH: -amount})


def credit(amount: Decimal, payer: Payer, standing: Standing, covers: Decimal = ZERO) -> tuple[Posting, Posting]:
    """Let unapplied credit of one record settle another, which stands so; no money comes in or goes out.

    An insurer's credit settles what the insurer owes, and of what the client owes at most ``covers``.
    """
    given = _posting(PostingKind.CREDIT, {Account.UNAPPLIED_CREDIT: amount, Account.CASH: -amount})
    return given, payment(amount, payer, standing, PostingKind.CREDIT, covers)


def shares(postings: Iterable[Posting]) -> Shares:
    """Read off who bears what of the charge by now, whoever has paid of it."""
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
    """Tell whose money a record has: each payer's own settles what that payer is to bear, and the rest is that payer's credit.

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
    """Let each payer's credit settle what the same payer owes on the same record; afterwards nobody has credit and owes.

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
    return _posting(PostingKind.CREDIT, {Account.UNAPPLIED_CREDIT: amount, RECEIVABLE[payer]: -amount})


def withdraw(
    amount: Decimal, payer: Payer, history: Sequence[tuple[Payer | None, Posting]], kind: PostingKind, refunded: Decimal = ZERO
) -> Posting | None:
    """Take money of a payer out of a record again: out of that payer's credit first, and what else it had settled is owed again.

    So is what was ``refunded`` of it. None where the record does not have that much of the payer's money any more.
    """
    found = funds(history)
    from_credit = min(amount, found.credit[payer])
    covered = min(amount - from_credit, found.covered) if payer is Payer.INSURER else ZERO
    reopened = amount - from_credit - covered
    if reopened > found.settled[payer] + refunded:
        return None
    entries = {Account.CASH: -amount, Account.UNAPPLIED_CREDIT: from_credit, Account.PATIENT_AR: covered}
    return _posting(kind, entries | {RECEIVABLE[payer]: reopened})


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
        return payment(-cash, payer, read([told for _, told in history]), covers=covers)
    if posting.kind in GIVEN_OFF:
        account = GIVEN_OFF[posting.kind]
        amount = min(posting.entries[account], given_off(posting.kind, payer, (told for _, told in history)))
        return _posting(posting.kind, {account: -amount, RECEIVABLE[payer]: amount})
    return _posting(posting.kind, {account: -amount for account, amount in posting.entries.items()})


def call_back(amount: Decimal, history: Sequence[tuple[Payer | None, Posting]]) -> tuple[Posting, Posting] | None:
    """Bring so much of the insurer's money that was carried to a record back: out of it, and to its giver.

    None where the record does not have that money any more.
    """
    out = withdraw(amount, Payer.INSURER, history, PostingKind.CREDIT)
    back = _posting(PostingKind.CREDIT, {Account.CASH: amount, Account.UNAPPLIED_CREDIT: -amount})
    return None if out is None else (out, back)


@dataclass(frozen=True, slots=True)
class Grant:
    """Something that somebody gave off or gave up on a record."""

    kind: PostingKind
    payer: Payer
    """Who need not pay it."""
    amount: Decimal
    reason: str | None = None


def granted(posting: Posting, payer: Payer | None, reason: str | None) -> Grant | None:
    """Return what a posting gave off by a human's decision; None where it is about something else."""
    account = GIVEN_OFF.get(posting.kind)
    amount = posting.entries.get(account, ZERO) if account else ZERO
    return Grant(posting.kind, payer or Payer.CLIENT, amount, reason) if amount > 0 else None


def grant_again(grants: Iterable[Grant], standing: Standing) -> list[tuple[Grant, Posting | None]]:
    """Give off the same on another record, which stands so, as far as it is owed there; None where nothing of it is."""
    left = {Payer.CLIENT: standing.owed_by_client, Payer.INSURER: standing.owed_by_insurer}
    given: list[tuple[Grant, Posting | None]] = []
    for grant in grants:
        amount = min(grant.amount, left[grant.payer])
        left[grant.payer] -= amount
        fits = adjustment(amount) if grant.kind is PostingKind.ADJUSTMENT else write_off(amount, grant.payer)
        given.append((grant, fits if amount > 0 else None))
    return given


def given_off(kind: PostingKind, payer: Payer, postings: Iterable[Posting]) -> Decimal:
    """Return what people gave off or gave up of a payer's part, less what was taken back of it."""
    account = GIVEN_OFF[kind]
    told = (each.entries for each in postings if each.kind is kind and RECEIVABLE[payer] in each.entries)
    return sum((entries.get(account, ZERO) for entries in told), ZERO)


def given_by(history: Iterable[tuple[UUID, UUID | None, Payer | None, Posting]]) -> Given:
    """Return what of a payer's part is given off or given up by postings that nobody reversed, by kind and payer.

    ``history`` has each posting's id, the id of the one that it reverses, and its payer.
    """
    steps = list(history)
    reversed_ = {reverses_id for _, reverses_id, _, _ in steps}
    given: defaultdict[tuple[PostingKind, Payer], Decimal] = defaultdict(lambda: ZERO)
    for key, _, payer, posting in steps:
        grant = granted(posting, payer, None)
        if grant is not None and key not in reversed_:
            given[grant.kind, grant.payer] += grant.amount
    return dict(given)


def takes_back_a_grant(posting: Posting) -> bool:
    """Whether a posting takes back what people gave off or gave up."""
    account = GIVEN_OFF.get(posting.kind)
    return account is not None and posting.entries.get(account, ZERO) < 0


def give_again(taken_back: Posting, given: Given, postings: Iterable[Posting]) -> Posting:
    """Take back a posting that had taken back what people gave off: so much of it comes back as they have not reversed since."""
    account = GIVEN_OFF[taken_back.kind]
    payer = Payer.CLIENT if Account.PATIENT_AR in taken_back.entries else Payer.INSURER
    still = given.get((taken_back.kind, payer), ZERO) - given_off(taken_back.kind, payer, postings)
    amount = min(-taken_back.entries[account], max(still, ZERO))
    return _posting(taken_back.kind, {account: amount, RECEIVABLE[payer]: -amount})


def give_more(owed: Decimal, given: Given, postings: Sequence[Posting]) -> list[Posting]:
    """Give off of what the client owes again what people gave off, and an insurer's earlier answer had made needless."""
    again: list[Posting] = []
    for kind, account in GIVEN_OFF.items():
        amount = min(owed, given.get((kind, Payer.CLIENT), ZERO) - given_off(kind, Payer.CLIENT, postings))
        if amount > 0:
            again.append(_posting(kind, {account: amount, Account.PATIENT_AR: -amount}))
            owed -= amount
    return again


def recover(paid: Decimal, postings: Sequence[Posting]) -> Posting:
    """Take back so much of what was given up of the insurer's part as the insurer has paid of it after all."""
    amount = min(max(paid, ZERO), given_off(PostingKind.WRITE_OFF, Payer.INSURER, postings))
    return _posting(PostingKind.WRITE_OFF, {Account.BAD_DEBT: -amount, Account.PAYER_AR: amount})


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
            taken_back.append(_posting(kind, {account: -amount, RECEIVABLE[payer]: amount}))
            rest -= amount
    return excess - sum((each.entries[RECEIVABLE[payer]] for each in taken_back), ZERO), taken_back


def void(postings: Sequence[Posting]) -> Posting:
    """Take the bill back: everything is reversed, and money that came in becomes unapplied credit."""
    reversed_ = {account: -amount for account, amount in balances(postings).items() if account not in KEPT_BY_A_VOID}
    return _posting(PostingKind.VOID, {**reversed_, Account.UNAPPLIED_CREDIT: -sum(reversed_.values(), ZERO)})


def balances(postings: Iterable[Posting]) -> dict[Account, Decimal]:
    """Sum the entries of each account."""
    total: defaultdict[Account, Decimal] = defaultdict(lambda: ZERO)
    for posting in postings:
        for account, amount in posting.entries.items():
            total[account] += amount
    return dict(total)


def read(postings: Sequence[Posting]) -> Standing:
    """Read off where a record's money is."""
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
    """Tell a record that is owed for by what the insurer said last, as long as the insurer owes some of it."""
    asked: list[PostingKind] = []
    for posting in postings:
        if posting.kind in {PostingKind.CLAIM, PostingKind.DENIAL}:
            asked.append(posting.kind)
        elif posting.kind is PostingKind.REJECTION and PostingKind.CLAIM in asked:
            del asked[len(asked) - 1 - asked[::-1].index(PostingKind.CLAIM)]
    last = asked[-1] if asked and at.get(Account.PAYER_AR, ZERO) > 0 else None
    if last is PostingKind.DENIAL:
        return PaymentStatus.DENIED
    if received > 0:
        return PaymentStatus.PARTIALLY_PAID
    return PaymentStatus.SUBMITTED if last is PostingKind.CLAIM else PaymentStatus.PENDING


def _posting(kind: PostingKind, entries: Entries) -> Posting:
    return Posting(kind, {account: amount for account, amount in entries.items() if amount})
