"""Posts payments, adjustments, write-offs and refunds."""

from dataclasses import asdict
from datetime import date

from chassis.data.database import Transaction
from chassis.errors import Invalid
from contracts.types import RecordId, new_id

from billing.ledger import postings as ledger_postings
from billing.ledger import settlement
from billing.ledger.postings import LedgerTransaction, Payer
from billing.payments.schemas import NewAdjustment, NewPayment, NewRefund, NewWriteOff
from billing.records import history as records_history
from billing.records import queries as records_queries
from billing.records.schemas import RecordView
from billing.records.use_cases import (
    credit_values,
    keep_posting,
    load_history,
    of_another,
    open_record,
    payment_status_changed,
    post,
    stamp_of,
)


async def take_payment(record_id: RecordId, body: NewPayment, by: str, today: date, tx: Transaction) -> RecordView:
    """Book money that came in for a record."""
    record, postings, standing = await open_record(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    posting = ledger_postings.payment(body.amount, body.payer, standing)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        payer=body.payer,
        method=body.method,
        reference=body.reference,
        **asdict(stamp),
    )
    keep_posting(tx, about, posting)
    for change in await post(record, [*postings, posting], about, tx):
        tx.send(payment_status_changed(change))
    return await records_queries.show(tx, record)


async def adjust(record_id: RecordId, body: NewAdjustment, by: str, today: date, tx: Transaction) -> RecordView:
    """Take something off what the client owes; Invalid where they owe less."""
    record, postings, standing = await open_record(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    if body.amount > standing.owed_by_client:
        detail = f"The client owes ${standing.owed_by_client:.2f} of this record; at most that can be taken off."
        raise Invalid("adjustment-exceeds-balance", detail, field="amount", owed_by_client=f"{standing.owed_by_client:.2f}")
    posting = ledger_postings.adjustment(body.amount)
    about = LedgerTransaction(id=new_id(), record_id=record_id, kind=posting.kind, reason=body.reason, **asdict(stamp))
    keep_posting(tx, about, posting)
    for change in await post(record, [*postings, posting], about, tx):
        tx.send(payment_status_changed(change))
    return await records_queries.show(tx, record)


async def write_off(record_id: RecordId, body: NewWriteOff, by: str, today: date, tx: Transaction) -> RecordView:
    """Give up what somebody owes; Invalid where they owe less."""
    record, postings, standing = await open_record(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    owed = standing.owed_by_insurer if body.payer is Payer.INSURER else standing.owed_by_client
    if body.amount > owed:
        detail = f"The {body.payer} owes ${owed:.2f} of this record; at most that can be written off."
        raise Invalid("write-off-exceeds-balance", detail, field="amount", owed=f"{owed:.2f}")
    posting = ledger_postings.write_off(body.amount, body.payer)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        payer=body.payer,
        reason=body.reason,
        **asdict(stamp),
    )
    keep_posting(tx, about, posting)
    for change in await post(record, [*postings, posting], about, tx):
        tx.send(payment_status_changed(change))
    return await records_queries.show(tx, record)


async def refund(record_id: RecordId, body: NewRefund, by: str, today: date, tx: Transaction) -> RecordView:
    """Give back money that came in and settles nothing; also of a record that was taken back; Invalid where there is less credit."""
    record, history = await load_history(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    credit = settlement.funds(records_history.by_payer(history)).credit
    if body.amount > credit[body.payer]:
        detail = f"The {body.payer} has ${credit[body.payer]:.2f} of unapplied credit on this record; at most that can be refunded to them."
        raise Invalid("refund-exceeds-credit", f"{detail}{of_another(credit, body.payer)}", field="amount", **credit_values(credit))
    posting = ledger_postings.refund(body.amount)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        payer=body.payer,
        method=body.method,
        reference=body.reference,
        reason=body.reason,
        **asdict(stamp),
    )
    keep_posting(tx, about, posting)
    for change in await post(record, [*(stated for _, stated in history), posting], about, tx):
        tx.send(payment_status_changed(change))
    return await records_queries.show(tx, record)
