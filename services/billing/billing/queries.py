"""The read side: records and their ledgers as they are, without a lock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVarTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, named
from chassis.edge import Page, page, read_cursor
from chassis.problems import not_found
from contracts.billing import PaymentStatus
from contracts.types import ClientId, RecordId, SessionId, SiteId
from prometheus_client import Gauge
from sqlalchemy import ARRAY, Numeric, Row, Select, Uuid, any_, bindparam, func, literal_column, select, tuple_, union_all

from billing import ledger, store
from billing.ledger import Payer, Posting
from billing.modality import is_telehealth
from billing.resources import (
    EntryView,
    FlagView,
    LedgerView,
    LineView,
    QuoteView,
    RecordTotals,
    RecordView,
    SharesView,
    TransactionView,
)
from billing.reversible import objection
from billing.store import BooksChangeRow, BooksTotalRow, LedgerTransaction, QuoteRow, Record, RecordLine

RECORDS: Final = Gauge("holdfast_billing_records", "Records by payment status.", ["payment_status"])
IMBALANCE: Final = Gauge(
    "holdfast_billing_ledger_imbalance",
    "What all entries sum to, and what the records' balances miss of the receivables; anything but 0 is an alarm.",
    ["of"],
)

NOTHING: Final = literal_column("0", Numeric)
"""As the indexes on what is owed are restricted; a parameter would keep the planner from them."""
SHOWN: Final = select(*(column for column in Record.__table__.columns if column.name in RecordView.model_fields))
"""What is shown of a record itself."""
LINES: Final = (
    select(RecordLine.record_id, *(column for column in RecordLine.__table__.columns if column.name in LineView.model_fields))
    .where(RecordLine.record_id == any_(bindparam("records", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(RecordLine.record_id, RecordLine.position)
)

Ts = TypeVarTuple("Ts")


async def find_record(db: ReadSession, record_id: RecordId) -> RecordView:
    """Return a record, or 404."""
    record = await db.find(Record, record_id)
    if record is None:
        raise not_found("record", record_id)
    [view] = await views(db, [record])
    return view


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records are wanted."""

    session_id: SessionId | None
    client_id: ClientId | None
    site_id: SiteId | None
    payment_status: PaymentStatus | None
    since: date | None
    """First date of service."""
    until: date | None
    is_open: bool | None = None
    """Whether something is owed on them."""
    lacks_diagnoses: bool = False
    """Only sessions' records without a diagnosis that were not taken back."""


async def list_records(db: ReadSession, wanted: Wanted, limit: int, cursor: str | None) -> Page[RecordView]:
    """Return records, the latest date of service first."""
    statement = fitting(SHOWN, wanted).order_by(Record.service_date.desc(), Record.id.desc()).limit(limit + 1)
    if cursor is not None:
        day, record_id = read_cursor(cursor, date, UUID)
        statement = statement.where(tuple_(Record.service_date, Record.id) < tuple_(day, record_id))
    found = await shown(db, await db.rows(statement))
    return page(found, limit, lambda record: (record.service_date, record.id))


def fitting(statement: Select[*Ts], wanted: Wanted) -> Select[*Ts]:
    """Leave out the records that are not wanted."""
    if wanted.session_id is not None:
        statement = statement.where(Record.session_id == wanted.session_id)
    if wanted.client_id is not None:
        statement = statement.where(Record.client_id == wanted.client_id)
    if wanted.site_id is not None:
        statement = statement.where(Record.site_id == wanted.site_id)
    if wanted.payment_status is not None:
        statement = statement.where(Record.payment_status == wanted.payment_status)
    if wanted.since is not None:
        statement = statement.where(Record.service_date >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(Record.service_date <= wanted.until)
    if wanted.is_open is not None:
        statement = statement.where(Record.balance > NOTHING if wanted.is_open else Record.balance == NOTHING)
    if wanted.lacks_diagnoses:
        statement = statement.where(store.LACKS_DIAGNOSES)
    return statement


async def total_records(db: ReadSession, wanted: Wanted) -> RecordTotals:
    """Count the records that fit, and sum what is owed on them.

    Both are read from indexes alone. Only open records are summed, whose indexes have their balances; nothing is owed on the others.
    """
    owed = func.coalesce(func.sum(Record.balance), 0)
    if wanted.is_open:
        [(counted, balance)] = await db.rows(fitting(select(func.count(), owed), wanted))
        return RecordTotals(count=counted, balance=balance)
    count = fitting(select(func.count()).select_from(Record), wanted).scalar_subquery()
    of_open = fitting(select(owed), wanted).where(Record.balance > NOTHING).scalar_subquery()
    [(counted, balance)] = await db.rows(select(count, of_open))
    return RecordTotals(count=counted, balance=balance)


async def read_ledger(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> LedgerView:
    """Return all that happened to a record's money, with the days of ``zone``, or 404."""
    history = await store.history_of(db, record_id)
    if not history:
        raise not_found("record", record_id)
    postings = [posting for _, posting in history]
    standing = ledger.read(postings)
    credit = ledger.funds(store.by_payer(history)).credit
    remittances = await store.remittances_of(db, record_id)
    reversible = {about.id for about, posting in history if objection(about, posting, history, remittances.get(about.id)) is None}
    return LedgerView(
        record_id=record_id,
        items=[_transaction(about, posting, zone, is_reversible=about.id in reversible) for about, posting in history],
        balances=ledger.balances(postings),
        payment_status=standing.status,
        balance=standing.balance,
        unapplied_credit=standing.unapplied_credit,
        client_credit=credit[Payer.CLIENT],
        insurer_credit=credit[Payer.INSURER],
        shares=_shares(postings, is_answered=await store.is_answered(db, record_id)),
    )


def _shares(postings: Sequence[Posting], *, is_answered: bool) -> SharesView:
    """Show who bears what by all postings."""
    borne = ledger.shares(postings)
    return SharesView(
        contractual_adjustment=borne.contractual,
        other_adjustment=borne.discount,
        written_off=borne.written_off,
        patient_amount=borne.client,
        insurance_amount=borne.insurer,
        is_answered=is_answered,
    )


def _transaction(about: LedgerTransaction, posting: Posting, zone: ZoneInfo, *, is_reversible: bool) -> TransactionView:
    entries = [EntryView(account=account, amount=amount) for account, amount in posting.entries.items()]
    said = {**store.columns(about), **store.posting_days(about, zone), "entries": entries, "is_reversible": is_reversible}
    return TransactionView.model_validate(said)


async def shown(db: ReadSession, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[RecordView]:
    """Show records, rows of ``SHOWN``, with their lines."""
    return await _views(db, named(rows))


async def views(db: ReadSession, records: Collection[Record]) -> list[RecordView]:
    """Show records with their lines."""
    return await _views(db, [vars(record) for record in records])


async def _views(db: ReadSession, records: Collection[Mapping[str, Any]]) -> list[RecordView]:
    lines: dict[RecordId, list[LineView]] = {record["id"]: [] for record in records}
    for line in named(await db.rows(LINES, {"records": list(lines)})) if lines else ():
        lines[line["record_id"]].append(LineView.of(line))
    return [_view(record, lines[record["id"]]) for record in records]


def _view(record: Mapping[str, Any], lines: list[LineView]) -> RecordView:
    flags = [FlagView.model_validate(flag) for flag in record["flags"]]
    return RecordView.of({**record, "flags": flags, "telehealth": is_telehealth(record["modality"]), "lines": lines})


async def list_quotes(db: ReadSession, session_id: SessionId) -> Page[QuoteView]:
    """Return what each client of a session was quoted when it was booked."""
    rows = await db.scalars(select(QuoteRow).where(QuoteRow.session_id == session_id, ~QuoteRow.is_void).order_by(QuoteRow.client_id))
    return Page(items=[QuoteView.model_validate(row) for row in rows])


async def measure_books(db: ReadSession) -> None:
    """Measure the records, and whether the books balance and tie at one moment, from what is counted with each change."""
    counted = union_all(select(BooksTotalRow.what, BooksTotalRow.amount), select(BooksChangeRow.what, BooksChangeRow.amount)).subquery()
    amounts = dict(await db.rows(select(counted.c.what, func.sum(counted.c.amount)).group_by(counted.c.what)))
    for status in PaymentStatus:
        RECORDS.labels(status.value).set(float(amounts.get(status, 0)))
    IMBALANCE.labels("entries").set(float(amounts.get(store.ENTRIES, 0)))
    IMBALANCE.labels("balances").set(float(amounts.get(store.UNTIED, 0)))
