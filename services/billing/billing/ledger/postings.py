"""The double-entry ledger, pure: every posting balances to zero, nothing is ever changed, and a record's status follows from it.

Amounts are Decimal, in dollars and cents: debits positive, credits negative. What a client or an insurer still owes is the balance of their
receivable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.billing import PaymentStatus
from contracts.types import RecordId

from billing.pricing.amounts import ZERO, Quote


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a ledger transaction has of whoever posts it: who, at which moment, and the days that were given."""

    posted_at: datetime
    posted_by: str
    received_date: date | None = None
    deposit_date: date | None = None


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
    """What a posting records."""

    CHARGE = "charge"
    PAYMENT = "payment"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    VOID = "void"
    CLAIM = "claim"
    """A claim was sent to the insurer; moves nothing."""
    REJECTION = "rejection"
    """A claim was sent back before any decision: the claim counts as not sent; moves nothing."""
    DENIAL = "denial"
    """The insurer will not pay what was claimed; moves nothing by itself."""
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
    """As an insurer's electronic remittance states."""
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class LedgerTransaction:
    """What happened once to a record's money, or to a remittance's beyond its claims, without its entries."""

    id: UUID
    record_id: RecordId | None
    """None for what a payer adds to a whole payment or withholds from it."""
    kind: PostingKind
    posted_at: datetime
    payer: Payer | None = None
    method: PaymentMethod | None = None
    reference: str | None = None
    reason: str | None = None
    remittance_id: UUID | None = None
    """The payment, where it is about no record."""
    reverses_id: UUID | None = None
    """The posting that this one takes back."""
    posted_by: str | None = None
    received_date: date | None = None
    """When the money was received, where that is not the day of the posting."""
    deposit_date: date | None = None
    """On which day's close it is, where that is not the day of the posting."""


Entries = Mapping[Account, Decimal]

RECEIVABLE = {Payer.CLIENT: Account.PATIENT_AR, Payer.INSURER: Account.PAYER_AR}
"""What each payer owes."""


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
        """What the client and the insurer still owe together."""
        return self.owed_by_client + self.owed_by_insurer


def charge(quote: Quote) -> Posting:
    """Return the posting of a priced visit: who owes it, what the contract and a discount took off, what was earned."""
    return balanced(
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
    """Return the posting of a positive amount that a payer paid; what nobody owes becomes unapplied credit.

    An insurer that pays more than was expected lowers what the client owes, at most by ``covers`` where that is given; a client never
    pays the insurer's part.
    """
    to_payer = min(amount, standing.owed_by_insurer) if payer is Payer.INSURER else ZERO
    to_client = min(amount - to_payer, standing.owed_by_client)
    if covers is not None and payer is Payer.INSURER:
        to_client = min(to_client, covers)
    return balanced(
        kind,
        {
            Account.CASH: amount,
            Account.PAYER_AR: -to_payer,
            Account.PATIENT_AR: -to_client,
            Account.UNAPPLIED_CREDIT: to_payer + to_client - amount,
        },
    )


def adjustment(amount: Decimal) -> Posting:
    """Return the posting that takes an amount off what the client owes."""
    return balanced(PostingKind.ADJUSTMENT, {Account.DISCOUNT: amount, Account.PATIENT_AR: -amount})


def write_off(amount: Decimal, payer: Payer) -> Posting:
    """Return the posting that gives up an amount that the client or the insurer owes."""
    owed = Account.PAYER_AR if payer is Payer.INSURER else Account.PATIENT_AR
    return balanced(PostingKind.WRITE_OFF, {Account.BAD_DEBT: amount, owed: -amount})


def claimed() -> Posting:
    """Return the posting of a claim that was sent to the insurer; it has no entries."""
    return balanced(PostingKind.CLAIM, {})


def rejected() -> Posting:
    """Return the posting of a claim that was rejected before any decision; it has no entries."""
    return balanced(PostingKind.REJECTION, {})


def provider_adjustment(amount: Decimal, *, is_interest: bool) -> Posting:
    """Return the posting of what a payer withholds from a whole payment or, negative, adds to it (PLB)."""
    account = Account.INTEREST if is_interest else Account.PAYER_ACCOUNT
    return balanced(PostingKind.PROVIDER_ADJUSTMENT, {Account.CASH: -amount, account: amount})


def unassigned(amount: Decimal) -> Posting:
    """Return the posting of what a payment has for a claim that was left out or, negative, takes back for one; its opposite assigns it."""
    return balanced(PostingKind.UNASSIGNED, {Account.CASH: amount, Account.PAYER_ACCOUNT: -amount})


def refund(amount: Decimal) -> Posting:
    """Return the posting of unapplied credit that is paid back."""
    return balanced(PostingKind.REFUND, {Account.UNAPPLIED_CREDIT: amount, Account.CASH: -amount})


def credit(amount: Decimal, payer: Payer, standing: Standing, covers: Decimal = ZERO) -> tuple[Posting, Posting]:
    """Return two postings by which unapplied credit of one record settles another, whose money is ``standing``: out of one, into the other.

    An insurer's credit settles what the insurer owes, and of what the client owes at most ``covers``.
    """
    given = balanced(PostingKind.CREDIT, {Account.UNAPPLIED_CREDIT: amount, Account.CASH: -amount})
    return given, payment(amount, payer, standing, PostingKind.CREDIT, covers)


def balanced(kind: PostingKind, entries: Entries) -> Posting:
    """Return a posting of the amounts that are not zero; UnbalancedPostingError unless they sum to zero."""
    return Posting(kind, {account: amount for account, amount in entries.items() if amount})
