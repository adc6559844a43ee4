"""What happened to a record's money, each posting with what is known of it: what may be reversed, and what credit settles; pure."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.errors import Conflict, DomainError, Invalid
from contracts.billing import PaymentStatus
from contracts.types import RecordId, new_id

from billing.ledger import grants, postings, settlement
from billing.ledger.postings import Account, LedgerTransaction, Payer, PaymentMethod, Posting, PostingKind, Stamp
from billing.pricing.amounts import ZERO

ByPayer = Sequence[tuple[Payer | None, Posting]]


def by_payer(history: Sequence[tuple[LedgerTransaction, Posting]]) -> list[tuple[Payer | None, Posting]]:
    """Name the payer of each posting, as the ledger's decisions read it."""
    return [(about.payer, posting) for about, posting in history]


def settle(history: Sequence[tuple[LedgerTransaction, Posting]], stamp: Stamp) -> list[tuple[LedgerTransaction, Posting]]:
    """Return what lets each payer's credit settle what the same payer owes on the record that has this history."""
    record_id = history[0][0].record_id
    return [
        (LedgerTransaction(id=new_id(), record_id=record_id, kind=posting.kind, payer=payer, **asdict(stamp)), posting)
        for payer, posting in settlement.settle(by_payer(history))
    ]


def credit_between(record_id: RecordId, other: RecordId, payer: Payer, stamp: Stamp) -> LedgerTransaction:
    """Return the ledger transaction of credit that a record gives to another, or has from it."""
    kind, reference = PostingKind.CREDIT, str(other)
    return LedgerTransaction(id=new_id(), record_id=record_id, kind=kind, payer=payer, reference=reference, **asdict(stamp))


def unassigned(remittance_id: UUID, amount: Decimal, trace_number: str, reason: str, stamp: Stamp) -> tuple[LedgerTransaction, Posting]:
    """Book the money of a claim that is left out on the payer's account or, negative, take it from there."""
    posting = postings.unassigned(amount)
    about = LedgerTransaction(
        id=new_id(),
        record_id=None,
        kind=posting.kind,
        payer=Payer.INSURER,
        method=PaymentMethod.ERA,
        reference=trace_number,
        reason=reason,
        remittance_id=remittance_id,
        **asdict(stamp),
    )
    return about, posting


def posting_days(about: LedgerTransaction, zone: ZoneInfo) -> dict[str, date]:
    """Return the two days of a posting; each that is absent is the day of the posting in the network's time zone."""
    posted = about.posted_at.astimezone(zone).date()
    return {"received_date": about.received_date or posted, "deposit_date": about.deposit_date or posted}


REVERSIBLE: Final = frozenset({
    PostingKind.PAYMENT, PostingKind.ADJUSTMENT, PostingKind.WRITE_OFF, PostingKind.REFUND, PostingKind.CREDIT
})  # fmt: skip
"""What people post by hand to a record; a charge is taken back by a void or a replacement."""

History = Sequence[tuple[LedgerTransaction, Posting]]


def record_voided() -> DomainError:
    """Build the refusal of a step with a record that is voided."""
    detail = (
        "This record is voided, and nothing can be posted to it any more; its ledger shows when and why. Post to the record that replaces "
        "it, if there is one. Money that came in for this one is credit, which can be refunded or moved to another record."
    )
    return Conflict("record-voided", detail, payment_status=PaymentStatus.VOIDED)


def refunded_beyond(amount: Decimal) -> DomainError:
    """Build the refusal to void or replace a record for which so much more was refunded than came in."""
    detail = (
        f"${amount:.2f} more was refunded for this record than came in for it, because a payment was reversed after the refund. "
        f"Reverse the refund, or post the ${amount:.2f} as a payment when it has been paid back. Then void or replace the record."
    )
    return Conflict("refunded-beyond-payments", detail, refunded_beyond=f"{amount:.2f}")


def objection(about: LedgerTransaction, posting: Posting, history: History, remittance_id: UUID | None) -> DomainError | None:
    """Return why a posting is never reversed, whatever became of the money; None where it may be."""
    if about.reverses_id is not None:
        return Conflict("is-a-reversal", "It is a reversal itself. Post what is right anew.", reverses_id=about.reverses_id)
    by = [each.id for each, _ in history if each.reverses_id == about.id]
    if by:
        return Conflict("reversed-already", "It was reversed already; the record's ledger shows when and why.", reversed_by=by[0])
    cash = posting.entries.get(Account.CASH, ZERO)
    if about.kind is PostingKind.CREDIT and cash <= 0:
        detail = "It moved credit to another record." if cash else "It let credit settle what the same payer owes here."
        fix = "Reverse it at the record that received the money." if cash else "Reverse the payment itself."
        return Invalid("not-reversible", f"{detail} {fix}", record_id=about.reference)
    if about.kind not in REVERSIBLE or not posting.entries:
        detail = f"A {about.kind} is not reversed. Void or replace the record, or reverse the payment, adjustment or write-off."
        return Invalid("not-reversible", detail)
    if remittance_id is not None:
        detail = "A remittance posted it. It is taken back when the insurer's file that reverses the payment is posted."
        return Conflict("posted-by-remittance", detail, remittance_id=remittance_id)
    if about.kind in grants.GIVEN_OFF and not grants.given_off(about.kind, about.payer or Payer.CLIENT, (stated for _, stated in history)):
        detail = "Nothing of it is left: the insurer's answer leaves less to pay, and has taken it back."
        return Conflict("taken-back-already", detail)
    is_void = settlement.read([stated for _, stated in history]).status is PaymentStatus.VOIDED
    if is_void and not cash:
        return Conflict("record-voided", "This record is voided, which has reversed it already.", payment_status=PaymentStatus.VOIDED)
    return None
