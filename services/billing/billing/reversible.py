"""Which postings may be taken back by one of opposite sign, whatever became of their money meanwhile."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from chassis.problems import Problem, conflict, refused
from contracts.billing import PaymentStatus

from billing import ledger
from billing.ledger import Account, Payer, Posting, PostingKind
from billing.pricing import ZERO
from billing.store import LedgerTransaction

REVERSIBLE: Final = frozenset({
    PostingKind.PAYMENT, PostingKind.ADJUSTMENT, PostingKind.WRITE_OFF, PostingKind.REFUND, PostingKind.CREDIT
})  # fmt: skip
"""What people post by hand to a record; a charge is taken back by a void or a replacement."""

History = Sequence[tuple[LedgerTransaction, Posting]]


def objection(about: LedgerTransaction, posting: Posting, history: History, remittance_id: UUID | None) -> Problem | None:
    """Say why a posting is never reversed, whatever became of the money; None where it may be."""
    if about.reverses_id is not None:
        return conflict("is-a-reversal", "It is a reversal itself. Post what is right anew.", reverses_id=about.reverses_id)
    by = [each.id for each, _ in history if each.reverses_id == about.id]
    if by:
        return conflict("reversed-already", "It was reversed already. GET the record's ledger to see when and why.", reversed_by=by[0])
    cash = posting.entries.get(Account.CASH, ZERO)
    if about.kind is PostingKind.CREDIT and cash <= 0:
        detail = "It moved credit to another record." if cash else "It let credit settle what the same payer owes here."
        fix = "Reverse it at the record that received the money." if cash else "Reverse the payment itself."
        return refused("not-reversible", f"{detail} {fix}", record_id=about.reference)
    if about.kind not in REVERSIBLE or not posting.entries:
        detail = f"A {about.kind} is not reversed. Void or replace the record, or reverse the payment, adjustment or write-off."
        return refused("not-reversible", detail)
    if remittance_id is not None:
        detail = "A remittance posted it. It is taken back when the insurer's file that reverses the payment is posted."
        return conflict("posted-by-remittance", detail, remittance_id=remittance_id)
    if about.kind in ledger.GIVEN_OFF and not ledger.given_off(about.kind, about.payer or Payer.CLIENT, (told for _, told in history)):
        detail = "Nothing of it is left: the insurer's answer leaves less to pay, and has taken it back."
        return conflict("taken-back-already", detail)
    is_void = ledger.read([told for _, told in history]).status is PaymentStatus.VOIDED
    if is_void and not cash:
        return conflict("record-voided", "This record is voided, which has reversed it already.", payment_status=PaymentStatus.VOIDED)
    return None
