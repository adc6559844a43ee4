"""Everything that writes to billing: load, decide, record."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.problems import conflict, not_found, refused
from contracts.billing import PaymentStatus, PaymentStatusChanged, RecordCreated
from contracts.catalog import AnnounceServices, ServiceChanged
from contracts.scheduling import AnnounceCompletedSessions, SessionCompleted
from contracts.types import RecordId, new_id

from billing import domain, ledger, queries, store
from billing.domain import Bill
from billing.ledger import Posting, Standing
from billing.resources import NewAdjustment, NewPayment, NewVoid, RecordView
from billing.store import LedgerTransaction, Record


async def ask_for_what_was_said_before(tx: Transaction) -> None:
    """Ask catalog for every service, and scheduling for every completed session while none is billed."""
    tx.send(AnnounceServices())
    if not await store.has_records(tx):
        tx.send(AnnounceCompletedSessions())


async def hear_services(messages: Sequence[ServiceChanged], tx: Transaction) -> None:
    """Keep the newest version of each service."""
    await store.put_services(tx, messages)


async def bill_sessions(sessions: Sequence[SessionCompleted], zone: ZoneInfo, tx: Transaction) -> None:
    """Make exactly one record of each client who attended a completed session, at the price promised when it was booked."""
    sessions = [about for session in sessions for about in _of_each_client(session)]
    book = await store.book_of(tx, ids={session.service_id for session in sessions})
    days = await store.days_of(tx, {(session.client_id, session.service_date) for session in sessions})
    today = tx.now.astimezone(zone).date()
    bills = domain.bill(sessions, today, book, days, lambda: RecordId(new_id()))
    for bill in await store.add_bills(tx, bills):
        tx.send(_created(bill))


def _of_each_client(session: SessionCompleted) -> list[SessionCompleted]:
    return [session.model_copy(update={"client_id": client}) for client in session.client_ids or (session.client_id,)]


async def take_payment(record_id: RecordId, body: NewPayment, tx: Transaction) -> RecordView:
    """Book money that came in for a record."""
    record, postings, standing = await _open(record_id, tx)
    posting = ledger.payment(body.amount, body.payer, standing)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        posted_at=tx.now,
        payer=body.payer,
        method=body.method,
        reference=body.reference,
    )
    return await _post(record, [*postings, posting], about, tx)


async def adjust(record_id: RecordId, body: NewAdjustment, tx: Transaction) -> RecordView:
    """Take something off what the client owes."""
    record, postings, standing = await _open(record_id, tx)
    if body.amount > standing.owed_by_client:
        detail = f"The client owes {standing.owed_by_client:.2f} of this record; at most that can be taken off."
        raise refused("adjustment-exceeds-balance", detail, field="amount", owed_by_client=f"{standing.owed_by_client:.2f}")
    posting = ledger.adjustment(body.amount)
    about = LedgerTransaction(id=new_id(), record_id=record_id, kind=posting.kind, posted_at=tx.now, reason=body.reason)
    return await _post(record, [*postings, posting], about, tx)


async def void(record_id: RecordId, body: NewVoid, tx: Transaction) -> RecordView:
    """Take a record back; money that came in for it becomes unapplied credit."""
    record, postings, _ = await _open(record_id, tx)
    posting = ledger.void(postings)
    about = LedgerTransaction(id=new_id(), record_id=record_id, kind=posting.kind, posted_at=tx.now, reason=body.reason)
    return await _post(record, [*postings, posting], about, tx)


async def _open(record_id: RecordId, tx: Transaction) -> tuple[Record, list[Posting], Standing]:
    """Lock a record and read where its money is; a voided one is closed for good."""
    record = await tx.lock(Record, record_id)
    if record is None:
        raise not_found("record", record_id)
    postings = [posting for _, posting in await store.history_of(tx, record_id)]
    standing = ledger.read(postings)
    if standing.status is PaymentStatus.VOIDED:
        detail = "This record is voided, and nothing can be posted to it any more. GET its ledger to see when and why."
        raise conflict("record-voided", detail, payment_status=standing.status)
    return record, postings, standing


async def _post(record: Record, postings: Sequence[Posting], about: LedgerTransaction, tx: Transaction) -> RecordView:
    """Append the last of the postings, and let the record say where its money is now."""
    await store.add_postings(tx, [(about, postings[-1])])
    standing = ledger.read(postings)
    before, record.payment_status = record.payment_status, standing.status
    record.balance, record.unapplied_credit = standing.balance, standing.unapplied_credit
    record.version += 1
    record.updated_at = tx.now
    if record.payment_status is not before:
        tx.send(_status_changed(record))
    [view] = await queries.views(tx, [record])
    return view


def _created(bill: Bill) -> RecordCreated:
    return RecordCreated(
        record_id=bill.id,
        session_id=bill.session.session_id,
        client_id=bill.session.client_id,
        service_code=bill.session.service_code,
        total_amount=bill.quote.charge,
        patient_amount=bill.quote.patient,
        insurance_amount=bill.quote.insurer,
        payment_status=bill.standing.status,
        version=1,
    )


def _status_changed(record: Record) -> PaymentStatusChanged:
    return PaymentStatusChanged(
        record_id=record.id,
        session_id=record.session_id,
        client_id=record.client_id,
        service_code=record.service_code,
        total_amount=record.total_amount,
        patient_amount=record.patient_amount,
        insurance_amount=record.insurance_amount,
        payment_status=record.payment_status,
        version=record.version,
    )
