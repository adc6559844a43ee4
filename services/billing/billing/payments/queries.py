"""Money that settles nothing: which records have unapplied credit, and whose money it is."""

from typing import Final, TypeVarTuple
from uuid import UUID

from chassis.data.database import ReadSession, named
from chassis.rows.paging import Keyset
from contracts.billing import PaymentStatus
from contracts.types import ClientId
from sqlalchemy import Select, case, func, select

from billing.ledger import settlement
from billing.ledger.postings import Payer, PostingKind
from billing.payers.queries import names_of
from billing.payments.schemas import CreditPage, CreditView
from billing.records import history
from billing.records import queries as records_queries
from billing.records.queries import NOTHING, RECORD, TRANSACTION

OLDEST: Final = Keyset(RECORD.c.service_date, RECORD.c.id, of="records with credit")

REVISION: Final = RECORD.alias()
PAID_BY: Final = (
    select(REVISION.c.payer_id)
    .join(TRANSACTION, TRANSACTION.c.record_id == REVISION.c.id)
    .where(REVISION.c.session_id == RECORD.c.session_id, REVISION.c.client_id == RECORD.c.client_id)
    .where(REVISION.c.revision <= RECORD.c.revision, REVISION.c.payer_id.is_not(None))
    .where(TRANSACTION.c.kind == PostingKind.PAYMENT, TRANSACTION.c.payer == Payer.INSURER)
    .order_by(REVISION.c.revision.desc())
    .limit(1)
    .scalar_subquery()
)
PAYER: Final = case((RECORD.c.replaces_id.is_(None), RECORD.c.payer_id), else_=func.coalesce(PAID_BY, RECORD.c.payer_id))
"""The payer of a record's credit: the last that paid it or a record before it, whose money went along to it."""

NEWER: Final = RECORD.alias()
SHOWN: Final = select(
    *(column for column in RECORD.c if column is not RECORD.c.payer_id),
    PAYER.label("payer_id"),
    select(NEWER.c.id)
    .where(NEWER.c.session_id == RECORD.c.session_id, NEWER.c.client_id == RECORD.c.client_id, NEWER.c.id != RECORD.c.id)
    .where(NEWER.c.payment_status != PaymentStatus.VOIDED)
    .label("counting_record_id"),
)
"""Records, each with what counts instead of it; made once, because an alias takes longer than the statement."""

Ts = TypeVarTuple("Ts")


async def list_credits(db: ReadSession, client_id: ClientId | None, payer_id: UUID | None, limit: int, cursor: str | None) -> CreditPage:
    """Return records with unapplied credit, the oldest date of service first, with the totals of all of them."""
    wanted = OLDEST.after(_with_credit(SHOWN, client_id, payer_id), cursor, limit)
    records = named(await db.rows(wanted))
    histories = await records_queries.histories_of(db, [record["id"] for record in records])
    names = await names_of(db, {record["payer_id"] for record in records if record["payer_id"]})
    views = []
    for record in records:
        of = settlement.funds(history.by_payer(histories[record["id"]])).credit
        stated = {
            "payer_name": names.get(record["payer_id"]) if record["payer_id"] else None,
            "client_credit": of[Payer.CLIENT],
            "insurer_credit": of[Payer.INSURER],
        }
        counts = record["counting_record_id"] if record["payment_status"] is PaymentStatus.VOIDED else None
        views.append(CreditView.of({**record, **stated, "record_id": record["id"], "counting_record_id": counts}))
    found = OLDEST.page(views, limit, lambda view: (view.service_date, view.record_id))
    sums = _with_credit(select(func.count(), func.coalesce(func.sum(RECORD.c.unapplied_credit), 0)), client_id, payer_id)
    [(count, total_amount)] = await db.rows(sums)
    return CreditPage(items=found.items, next_cursor=found.next_cursor, count=count, total_amount=total_amount)


def _with_credit(statement: Select[*Ts], client_id: ClientId | None, payer_id: UUID | None) -> Select[*Ts]:
    statement = statement.where(RECORD.c.unapplied_credit > NOTHING)
    if client_id is not None:
        statement = statement.where(RECORD.c.client_id == client_id)
    if payer_id is not None:
        statement = statement.where(PAYER.in_([payer_id]))
    return statement
