"""The money of a claim that was left out of a payment is assigned to a record: posted there, or taken back from there."""

from dataclasses import asdict
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.problems import Problem, conflict, not_found, refused
from contracts.types import new_id
from sqlalchemy import select

from billing import ledger, store, use_cases
from billing.ledger import Payer, PaymentMethod
from billing.remittances import queries as remittance_queries
from billing.remittances.posting import Outcome
from billing.remittances.store import ANSWER, RemittanceClaimRow, RemittanceRow, RemittanceStatus
from billing.remittances.views import Assign, RemittanceView
from billing.store import LedgerTransaction, Stamp


async def assign(remittance_id: UUID, position: int, body: Assign, by: str, zone: ZoneInfo, tx: Transaction) -> RemittanceView:
    """Move the money of a claim that was left out from the payer's account to a record."""
    remittance = await tx.find(RemittanceRow, remittance_id)
    if remittance is None:
        raise not_found("remittance", remittance_id)
    this = RemittanceClaimRow.remittance_id == remittance_id, RemittanceClaimRow.position == position
    answered = await tx.rows(select(RemittanceClaimRow.record_id, RemittanceClaimRow.control_number).where(*this))
    if not answered:
        raise not_found("answer", position)
    record_id = body.record_id or answered[0].record_id
    if record_id is None:
        detail = f"Claim {answered[0].control_number} has no record. Name the one to assign it to."
        raise refused("record-unknown", detail, field="record_id")
    # The record first, as whoever reverses the posting locks it first.
    record, history = await use_cases.load_history(record_id, tx)
    [claim] = await tx.scalars(select(RemittanceClaimRow).where(*this).with_for_update())
    if problem := _objection(remittance, claim):
        raise problem
    amount = ANSWER.validate_python(claim.said).paid
    posting = ledger.assigned(amount, store.by_payer(history))
    if posting is None:
        raise _money_is_gone(-amount, store.by_payer(history))
    stamp = Stamp(tx.now, by)
    trace_number = remittance.trace_number or ""
    moved = [use_cases.unassigned(remittance_id, -amount, trace_number, body.reason, stamp)]
    if not claim.transaction_ids:
        # It was left out by a release that did not book its money.
        held = use_cases.unassigned(remittance_id, amount, trace_number, claim.control_number, stamp)
        claim.transaction_ids = [held[0].id]
        moved.insert(0, held)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        payer=Payer.INSURER,
        method=PaymentMethod.ERA,
        reference=trace_number,
        reason=body.reason,
        **asdict(stamp),
    )
    await store.add_postings(tx, moved)
    for each in (*moved, (about, posting)):
        use_cases.keep(tx, *each)
    await use_cases.post(record, [*(told for _, told in history), posting], about, tx)
    claim.outcome, claim.assigned_as = Outcome.ASSIGNED, about.id
    await tx.flush()
    return await remittance_queries.find_remittance(tx, remittance_id, zone)


def _objection(remittance: RemittanceRow, claim: RemittanceClaimRow) -> Problem | None:
    """Say why there is nothing to assign; None where there is."""
    if remittance.status != RemittanceStatus.POSTED:
        return conflict("remittance-not-posted", "Nothing of it is in the ledger. Post it without this claim first (leave_out).")
    if claim.outcome == Outcome.ASSIGNED:
        detail = "Its money was assigned already. Reverse that posting in the record's ledger first; then it can be assigned anew."
        return conflict("assigned-already", detail, transaction_id=claim.assigned_as)
    if claim.outcome != Outcome.LEFT_OUT:
        return conflict("not-left-out", f"Claim {claim.control_number} was posted with the remittance ({claim.outcome}).")
    if not ANSWER.validate_python(claim.said).paid:
        return conflict("nothing-to-assign", f"Nothing was paid or taken back for claim {claim.control_number}.")
    return None


def _money_is_gone(wanted: Decimal, history: store.ByPayer) -> Problem:
    found = ledger.funds(history)
    here = found.credit[Payer.INSURER] + found.settled[Payer.INSURER] + found.covered
    detail = (
        f"The insurer takes back {wanted:.2f}, but this record has {here:.2f} of its money. Name the record that has it (record_id), or "
        "reverse the refund or credit transfer by which it left; else it stays on the payer's account until the payer settles it."
    )
    return conflict("money-is-gone", detail, here=f"{here:.2f}")
