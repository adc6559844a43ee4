"""Money that settles nothing: which records have unapplied credit, and whose money it is."""

from datetime import date
from typing import Any, Final, TypeVarTuple
from uuid import UUID

from chassis.database import ReadSession
from chassis.edge import Page, View, page, read_cursor
from contracts.billing import PaymentStatus
from contracts.types import Amount, ClientId, Day, RecordId, Whole
from pydantic import ConfigDict
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import aliased

from billing import ledger, store
from billing.ledger import Payer
from billing.payers import PAYER_ID
from billing.queries import NOTHING
from billing.resources import RECORD_EXAMPLE, RECORD_ID
from billing.store import Record
from billing.terms_store import PayerRow

CREDIT_EXAMPLE: Final[dict[str, Any]] = {
    "record_id": RECORD_ID,
    "client_id": RECORD_EXAMPLE["client_id"],
    "payer_id": PAYER_ID,
    "payer_name": "Harbor Mutual",
    "service_code": "90837",
    "service_date": "2026-03-02",
    "payment_status": "voided",
    "unapplied_credit": "130.00",
    "client_credit": "0.00",
    "insurer_credit": "130.00",
    "counting_record_id": "01890a5d-ac96-7a12-9d33-e4f506172839",
}

Ts = TypeVarTuple("Ts")


class CreditView(View):
    """A record with unapplied credit."""

    record_id: RecordId
    client_id: ClientId
    payer_id: UUID | None
    payer_name: str | None
    service_code: str
    service_date: Day
    payment_status: PaymentStatus
    unapplied_credit: Amount
    client_credit: Amount
    """How much of it is the client's: at most that is refunded to the client or moved as the client's."""
    insurer_credit: Amount
    """How much of it is the insurer's."""
    counting_record_id: RecordId | None
    """Of a voided record: the one that counts now for the same session and client, if there is one."""


class CreditPage(Page[CreditView]):
    """Records with unapplied credit, and what all of them come to."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CREDIT_EXAMPLE], "next_cursor": None, "count": 1, "total_amount": "130.00"}]}
    )

    count: Whole
    """Of all pages."""
    total_amount: Amount
    """The unapplied credit of all pages."""


async def list_credits(db: ReadSession, client_id: ClientId | None, payer_id: UUID | None, limit: int, cursor: str | None) -> CreditPage:
    """Return records with unapplied credit, the oldest date of service first, with the totals of all of them."""
    newer = aliased(Record)
    counting = (
        select(newer.id)
        .where(newer.session_id == Record.session_id, newer.client_id == Record.client_id, newer.id != Record.id)
        .where(newer.payment_status != PaymentStatus.VOIDED)
        .scalar_subquery()
    )
    shown = select(Record, PayerRow.payer_name, counting).outerjoin(PayerRow, PayerRow.id == Record.payer_id)
    wanted = _with_credit(shown, client_id, payer_id).order_by(Record.service_date, Record.id).limit(limit + 1)
    if cursor is not None:
        day, record_id = read_cursor(cursor, date, UUID)
        wanted = wanted.where(tuple_(Record.service_date, Record.id) > tuple_(day, record_id))
    rows = await db.rows(wanted)
    histories = await store.histories_of(db, [record.id for record, _, _ in rows])
    views = []
    for record, payer_name, counts in rows:
        of = ledger.funds(store.by_payer(histories[record.id])).credit
        told = {"payer_name": payer_name, "client_credit": of[Payer.CLIENT], "insurer_credit": of[Payer.INSURER]}
        is_void = record.payment_status is PaymentStatus.VOIDED
        views.append(CreditView.of({**vars(record), **told, "record_id": record.id, "counting_record_id": counts if is_void else None}))
    found = page(views, limit, lambda view: (view.service_date, view.record_id))
    sums = _with_credit(select(func.count(), func.coalesce(func.sum(Record.unapplied_credit), 0)), client_id, payer_id)
    [(count, total_amount)] = await db.rows(sums)
    return CreditPage(items=found.items, next_cursor=found.next_cursor, count=count, total_amount=total_amount)


def _with_credit(statement: Select[*Ts], client_id: ClientId | None, payer_id: UUID | None) -> Select[*Ts]:
    statement = statement.where(Record.unapplied_credit > NOTHING)
    if client_id is not None:
        statement = statement.where(Record.client_id == client_id)
    if payer_id is not None:
        statement = statement.where(Record.payer_id == payer_id)
    return statement
