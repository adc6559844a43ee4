"""A client's statement: what was owed, what was charged and paid since, what is owed now and for how long; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from billing.document_facts import formatting
from billing.document_facts.facts import Movement
from billing.document_facts.formatting import Document
from billing.document_facts.people import Client, Organization
from billing.ledger import settlement
from billing.ledger.postings import Account, Entries, Payer, PostingKind
from billing.pricing.amounts import ZERO

AGES: Final = (30, 60, 90, 120)
"""The last day, since the date of service, of each age of what is owed; beyond the last one lies one more."""
AGE_NAMES: Final = ("0 to 30 days", "31 to 60 days", "61 to 90 days", "91 to 120 days", "Over 120 days")
TAKEN_OFF: Final = (Account.CONTRACTUAL_ADJ, Account.DISCOUNT, Account.BAD_DEBT)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a movement does to a client's account; the three of them change the balance."""

    charged: Decimal
    paid: Decimal
    adjusted: Decimal

    @property
    def change(self) -> Decimal:
        """What the balance grows by."""
        return self.charged - self.paid - self.adjusted


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement on a client's account and what it is about."""

    movement: Movement
    service_code: str
    service_name: str
    service_date: date
    payer_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAccount:
    """A client's account in a time."""

    since: date
    until: date
    as_of: date
    opening: Entries
    """What each ledger account held before ``since``."""
    entries: Sequence[Entry]
    """Everything from ``since`` to ``until``, oldest first."""
    later: Entries
    """What each ledger account gained after ``until``, up to ``as_of``."""
    owed: Mapping[date, Decimal]
    """What the client owes as of ``as_of``, by date of service."""
    credit_of_client: Decimal
    """Of the unapplied credit as of ``as_of``: what the client paid; the rest is the insurers' money."""
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Sums:
    """What a statement comes to."""

    opening: Decimal
    charged: Decimal
    paid_by_client: Decimal
    paid_by_insurer: Decimal
    adjusted: Decimal
    closing: Decimal
    later: Decimal
    with_insurer: Decimal
    """Of the balance as of the day: what insurers still owe."""
    credit: Decimal
    """The client's own."""
    credit_of_insurer: Decimal
    owed_by_client: Decimal

    @property
    def due(self) -> Decimal:
        """What the client is billed for: what they owe, less their own credit."""
        return max(self.owed_by_client - self.credit, ZERO)


def balance(at: Entries) -> Decimal:
    """Return what is owed by whomever, less credit."""
    return at.get(Account.PATIENT_AR, ZERO) + at.get(Account.PAYER_AR, ZERO) + at.get(Account.UNAPPLIED_CREDIT, ZERO)


def effect(at: Entries) -> Effect:
    """Split what entries do to the balance; because they sum to zero, nothing is left over."""
    return Effect(
        charged=-at.get(Account.REVENUE, ZERO),
        paid=at.get(Account.CASH, ZERO),
        adjusted=sum((at.get(account, ZERO) for account in TAKEN_OFF), ZERO),
    )


def sums(account: ClientAccount) -> Sums:
    """Add an account up."""
    effects = [effect(entry.movement.posting.entries) for entry in account.entries]
    by_insurer = [done.paid for done, entry in zip(effects, account.entries, strict=True) if entry.movement.payer is Payer.INSURER]
    within = settlement.balances(entry.movement.posting for entry in account.entries)
    paid = sum((done.paid for done in effects), ZERO)
    at_end = {name: sum((each.get(name, ZERO) for each in (account.opening, within, account.later)), ZERO) for name in Account}
    return Sums(
        opening=balance(account.opening),
        charged=sum((done.charged for done in effects), ZERO),
        paid_by_client=paid - sum(by_insurer, ZERO),
        paid_by_insurer=sum(by_insurer, ZERO),
        adjusted=sum((done.adjusted for done in effects), ZERO),
        closing=balance(account.opening) + balance(within),
        later=balance(account.later),
        with_insurer=at_end[Account.PAYER_AR],
        credit=account.credit_of_client,
        credit_of_insurer=-at_end[Account.UNAPPLIED_CREDIT] - account.credit_of_client,
        owed_by_client=at_end[Account.PATIENT_AR],
    )


def ages(owed: Mapping[date, Decimal], as_of: date) -> list[Decimal]:
    """Sort what is owed by the days since the service."""
    found = [ZERO] * len(AGE_NAMES)
    for day, amount in owed.items():
        found[sum((as_of - day).days > last for last in AGES)] += amount
    return found


def statement(account: ClientAccount, account_number: str, organization: Organization, client: Client) -> Document:
    """Write a client's account down."""
    total = sums(account)
    facts: dict[str, Any] = {
        "account": account_number,
        "since": formatting.long_day(account.since),
        "until": formatting.long_day(account.until),
        "as_of": formatting.long_day(account.as_of),
        "organization": formatting.letterhead(organization),
        "client": formatting.about_client(client),
        "summary": _summary(account, total),
        "rows": _rows(account, total.opening),
        "closing": formatting.dollars(total.closing),
        "split": _split(total),
        "ages": [[label, formatting.or_dash(owed)] for label, owed in zip(AGE_NAMES, ages(account.owed, account.as_of), strict=True)],
        "due": formatting.dollars(total.due),
        "is_due": total.due > 0,
        "credit": formatting.dollars(total.credit - total.owed_by_client) if total.credit > total.owed_by_client else "",
    }
    return Document("statement", f"Statement {account_number}", account.made_at, facts)


def _summary(account: ClientAccount, total: Sums) -> list[list[str]]:
    rows = [
        [f"Balance before {formatting.long_day(account.since)}", formatting.dollars(total.opening)],
        ["Charges", formatting.dollars(total.charged)],
        ["Adjustments and discounts", formatting.dollars(-total.adjusted)],
        ["Payments by insurance", formatting.dollars(-total.paid_by_insurer)],
        ["Payments by you", formatting.dollars(-total.paid_by_client)],
        [f"Balance on {formatting.long_day(account.until)}", formatting.dollars(total.closing)],
    ]
    if account.as_of > account.until:
        rows.append([f"Since then, up to {formatting.long_day(account.as_of)}", formatting.dollars(total.later)])
        rows.append([f"Balance on {formatting.long_day(account.as_of)}", formatting.dollars(total.closing + total.later)])
    return rows


def _split(total: Sums) -> list[list[str]]:
    rows = [
        ["Expected from insurance", total.with_insurer],
        ["Overpaid by insurance", -total.credit_of_insurer],
        ["Your share", total.owed_by_client],
        ["Your credit", -total.credit],
    ]
    return [[str(label), formatting.dollars(Decimal(amount))] for label, amount in rows if amount or label == "Your share"]


def _rows(account: ClientAccount, opening: Decimal) -> list[list[str]]:
    rows: list[list[str]] = []
    running = opening
    for entry in account.entries:
        done = effect(entry.movement.posting.entries)
        running += done.change
        if entry.movement.posting.entries:
            amounts = [formatting.or_dash(done.charged), formatting.or_dash(-done.paid), formatting.or_dash(-done.adjusted)]
            rows.append([formatting.short_day(entry.movement.day), *_effective(entry), *amounts, formatting.dollars(running)])
    return rows


def _effective(entry: Entry) -> tuple[str, str]:
    """Return what happened, and for which service; never a reason that somebody wrote for the books."""
    movement = entry.movement
    by = formatting.plain(entry.payer_name or "insurance") if movement.payer is Payer.INSURER else "you"
    paid = " ".join(filter(None, [formatting.method(movement), formatting.plain(movement.reference or "")]))
    service = f"{entry.service_code} on {formatting.short_day(entry.service_date)}"
    match movement.posting.kind:
        case PostingKind.CHARGE:
            return formatting.plain(entry.service_name), service
        case PostingKind.PAYMENT:
            stated = f"Payment by {by}" if effect(movement.posting.entries).paid >= 0 else f"Payment by {by} reversed"
            return stated, f"{service}; {paid}" if paid else service
        case PostingKind.REFUND:
            stated = f"Refund to {by}" if effect(movement.posting.entries).paid <= 0 else f"Refund to {by} reversed"
            return stated, f"{service}; {paid}" if paid else service
        case PostingKind.VOID:
            return "Charge voided", service
        case PostingKind.WRITE_OFF:
            return "Written off", service
        case PostingKind.TRANSFER:
            moved = movement.posting.entries.get(Account.PATIENT_AR, ZERO)
            stated = "Left to you by insurance" if moved >= 0 else "Taken over by insurance"
            return f"{stated}: {formatting.dollars(abs(moved))}", service
        case PostingKind.CREDIT:
            return "Credit applied", service
        case _:
            return "Adjustment", service
