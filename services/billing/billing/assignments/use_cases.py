"""The money of a claim that was left out of a payment is assigned to a record: posted there, or taken back from there."""

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.errors import Conflict, DomainError, Invalid, NotFound
from contracts.types import new_id
from sqlalchemy import select

from billing.assignments.schemas import Assign
from billing.ledger import settlement
from billing.ledger.postings import LedgerTransaction, Payer, PaymentMethod, Stamp
from billing.payment_advice.advice import ANSWER, RemittanceStatus
from billing.records import history as records_history
from billing.records import use_cases as records_use_cases
from billing.remittances import queries as remittances_queries
from billing.remittances import use_cases as remittances_use_cases
from billing.remittances.decision import Outcome
from billing.remittances.queries import REMITTANCE_CLAIM, find_row
from billing.remittances.schemas import RemittanceView

if TYPE_CHECKING:
    from billing.remittances.tables import RemittanceClaimRow, RemittanceRow


async def assign(remittance_id: UUID, position: int, body: Assign, by: str, zone: ZoneInfo, tx: Transaction) -> RemittanceView:
    """Move the money of a claim that was left out from the payer's account to a record.

    NotFound without that claim or record, Invalid where the claim has no record and none is named. Conflict where the remittance is not
    posted, the claim is not left out or moved no money, or the record has not the money that the insurer takes back.
    """
    remittance = await find_row(tx, remittance_id)
    this = REMITTANCE_CLAIM.c.remittance_id == remittance_id, REMITTANCE_CLAIM.c.position == position
    answered = await tx.rows(select(REMITTANCE_CLAIM.c.record_id, REMITTANCE_CLAIM.c.control_number).where(*this))
    if not answered:
        raise NotFound.of("answer", position)
    record_id = body.record_id or answered[0].record_id
    if record_id is None:
        detail = f"Claim {answered[0].control_number} has no record. Name the one to assign it to."
        raise Invalid("record-unknown", detail, field="record_id")
    # The record first, as whoever reverses the posting locks it first.
    record, history = await records_use_cases.load_history(record_id, tx)
    claim = await remittances_use_cases.lock_answer(tx, remittance_id, position)
    if problem := _objection(remittance, claim):
        raise problem
    amount = ANSWER.validate_python(claim.said).paid
    posting = settlement.assigned(amount, records_history.by_payer(history))
    if posting is None:
        raise _money_is_gone(-amount, records_history.by_payer(history))
    stamp = Stamp(tx.now, by)
    trace_number = remittance.trace_number or ""
    moved = [records_history.unassigned(remittance_id, -amount, trace_number, body.reason, stamp)]
    if not claim.transaction_ids:
        # It was left out by a release that did not book its money.
        held = records_history.unassigned(remittance_id, amount, trace_number, claim.control_number, stamp)
        remittances_use_cases.hold(claim, held[0].id)
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
    await records_use_cases.add_postings(tx, moved)
    for each in (*moved, (about, posting)):
        records_use_cases.keep_posting(tx, *each)
    for change in await records_use_cases.post(record, [*(stated for _, stated in history), posting], about, tx):
        tx.send(records_use_cases.payment_status_changed(change))
    remittances_use_cases.assign(claim, about.id)
    await tx.flush()
    return await remittances_queries.find_remittance(tx, remittance_id, zone)


def _objection(remittance: "RemittanceRow", claim: "RemittanceClaimRow") -> DomainError | None:
    """Return why there is nothing to assign; None where there is."""
    if remittance.status != RemittanceStatus.POSTED:
        return Conflict("remittance-not-posted", "Nothing of it is in the ledger. Post it without this claim first (leave_out).")
    if claim.outcome == Outcome.ASSIGNED:
        detail = "Its money was assigned already. Reverse that posting in the record's ledger first; then it can be assigned anew."
        return Conflict("assigned-already", detail, transaction_id=claim.assigned_as)
    if claim.outcome != Outcome.LEFT_OUT:
        return Conflict("not-left-out", f"Claim {claim.control_number} was posted with the remittance ({claim.outcome}).")
    if not ANSWER.validate_python(claim.said).paid:
        return Conflict("nothing-to-assign", f"Nothing was paid or taken back for claim {claim.control_number}.")
    return None


def _money_is_gone(wanted: Decimal, history: records_history.ByPayer) -> DomainError:
    found = settlement.funds(history)
    here = found.credit[Payer.INSURER] + found.settled[Payer.INSURER] + found.covered
    detail = (
        f"The insurer takes back ${wanted:.2f}, but this record has ${here:.2f} of its money. Name the record that has it (record_id), or "
        "reverse the refund or credit transfer by which it left; else it stays on the payer's account until the payer settles it."
    )
    return Conflict("money-is-gone", detail, here=f"{here:.2f}")
