"""The read side: records and their ledgers as they are, without a lock."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeVarTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession, Transaction, named
from chassis.errors import NotFound
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from chassis.runtime.steps import in_steps
from contracts.billing import PaymentStatus
from contracts.catalog import BilledPer
from contracts.types import ClientId, Code, RecordId, SessionId
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Numeric,
    Row,
    Select,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy import Table as CoreTable

from billing.ledger import settlement
from billing.ledger.bill import Days, RecordKind
from billing.ledger.postings import LedgerTransaction, Payer, Posting
from billing.ledger.undoing import Made
from billing.pricing.modality import is_telehealth
from billing.quotes.schemas import FlagView, LineView
from billing.records import tables
from billing.records.history import by_payer, objection, posting_days
from billing.records.schemas import EntryView, LedgerView, RecordTotals, RecordView, SharesView, TransactionView, Wanted
from billing.records.tables import LedgerEntryRow, LedgerTransactionRow, RecordLineRow, RecordRow, UndoneRow, is_answered, transaction_of
from billing.tables import among, unnested

RECORD: Final = cast("CoreTable", RecordRow.__table__)
RECORD_LINE: Final = cast("CoreTable", RecordLineRow.__table__)
TRANSACTION: Final = cast("CoreTable", LedgerTransactionRow.__table__)
ENTRY: Final = cast("CoreTable", LedgerEntryRow.__table__)
"""Records and their ledgers, to be joined in what other capabilities read."""

WAITS_TO_BE_CLAIMED: Final = text(
    "NOT record.is_claimed AND record.insurance_covered AND record.kind = 'session'"
    " AND (record.payment_status IN ('pending', 'submitted', 'partially_paid')"
    " OR record.payment_status = 'paid' AND record.insurance_amount = 0 AND record.total_amount > 0)"
)
"""Money is owed that no insurer has refused; or the price leaves all of it to the client, who has paid it: the plan counts what it leaves
to the client only by a claim. As its index states it, which parameters would prevent."""

LACKS_DIAGNOSES: Final = text("record.diagnoses = '[]' AND record.kind = 'session' AND record.payment_status <> 'voided'")
"""A session's record that no insurer pays yet because it has no diagnosis; as its index states it, which parameters would prevent."""


async def has_records(db: ReadSession) -> bool:
    """Whether any session was ever billed."""
    return await db.scalar(select(select(RecordRow.id).exists()))


async def days_of(db: ReadSession, days: Collection[tuple[ClientId, date]], *, without: RecordId | None = None) -> Days:
    """Return the units that these clients have been billed for on these days, by code; of all records ``without`` one."""
    given = unnested(RecordRow, "client_id", "service_date")
    wanted = (
        select(RecordRow.client_id, RecordRow.service_date, RecordLineRow.service_code, RecordLineRow.units)
        .join(RecordLineRow, RecordLineRow.record_id == RecordRow.id)
        .where(tuple_(RecordRow.client_id, RecordRow.service_date).in_(select(given)), RecordRow.payment_status != PaymentStatus.VOIDED)
    )
    if without is not None:
        wanted = wanted.where(RecordRow.id != without)
    found: dict[tuple[ClientId, date], Counter[Code]] = {}
    for client_id, day, code, units in await db.rows(
        wanted, {"client_id": [one for one, _ in days], "service_date": [day for _, day in days]}
    ):
        found.setdefault((client_id, day), Counter())[code] += units
    return found


POSTED_BY_REMITTANCES: Final = text(
    "SELECT unnest(transaction_ids) AS transaction_id, remittance_id FROM published_remittance_claim WHERE record_id = :record_id"
)

LOCK_SESSIONS: Final = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


async def lock_sessions(tx: Transaction, sessions: Collection[SessionId]) -> None:
    """Let one transaction at a time decide what records these sessions have."""
    keys = sorted(int.from_bytes(session.bytes[8:], signed=True) for session in set(sessions))
    await tx.rows(LOCK_SESSIONS, {"keys": keys})


async def lock_revisions(db: ReadSession, records: Collection[RecordId]) -> None:
    """Lock these records and the other revisions of each, in the order of their ids.

    Everything that writes to records begins so. A record that is updated twice in one transaction locks the one that it replaced, by its
    foreign key; whoever locked only the newer one would wait for somebody who has the older one and waits for the newer.
    """
    billed = select(RecordRow.session_id, RecordRow.client_id).where(among(RecordRow.id, records))
    await db.rows(_in_order(tuple_(RecordRow.session_id, RecordRow.client_id).in_(billed)))


async def lock_records_of(tx: Transaction, sessions: Collection[SessionId]) -> None:
    """Lock every record of these sessions, in the order of their ids."""
    await tx.rows(_in_order(among(RecordRow.session_id, sessions)))


async def find_records(db: ReadSession, records: Collection[RecordId], *, alone: bool = False) -> Sequence[RecordRow]:
    """Return these records in the order of their ids; ``alone``, nobody else writes to them meanwhile."""
    wanted = select(RecordRow).where(among(RecordRow.id, records)).order_by(RecordRow.id)
    return await db.scalars(wanted.with_for_update() if alone else wanted)


def _in_order(which: ColumnElement[bool]) -> Select[RecordId]:
    return select(RecordRow.id).where(which).order_by(RecordRow.id).with_for_update(of=RecordRow)


async def made_of(tx: Transaction, sessions: Collection[SessionId]) -> dict[tuple[SessionId, ClientId], list[Made]]:
    """Return the records that were made of these sessions, also those that were taken back."""
    names = (
        RecordRow.id,
        RecordRow.session_id,
        RecordRow.client_id,
        RecordRow.revision,
        RecordRow.session_version,
        RecordRow.payment_status,
    )
    made: defaultdict[tuple[SessionId, ClientId], list[Made]] = defaultdict(list)
    for row in await tx.rows(select(*names).where(among(RecordRow.session_id, sessions)).order_by(RecordRow.id)):
        is_void = row.payment_status is PaymentStatus.VOIDED
        one = Made(row.id, row.session_id, row.client_id, row.revision, row.session_version, is_void)
        made[one.session_id, one.client_id].append(one)
    return made


async def diagnoses_of(db: ReadSession, records: Collection[RecordId]) -> dict[RecordId, tuple[str, ...]]:
    """Return the diagnoses of these records."""
    if not records:
        return {}
    rows = await db.rows(select(RecordRow.id, RecordRow.diagnoses).where(among(RecordRow.id, records)))
    return {key: tuple(diagnoses) for key, diagnoses in rows}


async def undone_of(tx: Transaction, sessions: Collection[SessionId]) -> dict[SessionId, int]:
    """Return the version of the last undo of each of these sessions that has one."""
    rows = await tx.rows(select(UndoneRow.session_id, UndoneRow.session_version).where(among(UndoneRow.session_id, sessions)))
    return {row.session_id: row.session_version for row in rows}


async def sessions_billed_once(db: ReadSession, facts: Collection[tuple[SessionId, int]]) -> dict[tuple[SessionId, int], tuple[ClientId]]:
    """Return whose the one record is of those completions that were billed once, however their service is billed today.

    A completion is a session with its version: what was made of an earlier one, which was undone, states nothing of the next. A record that
    is older than versions is that of any completion, until an undo.
    """
    query = (
        select(RecordRow.session_id, RecordRow.client_id, RecordRow.session_version)
        .outerjoin(UndoneRow, UndoneRow.session_id == RecordRow.session_id)
        .where(RecordRow.session_id.in_({session_id for session_id, _ in facts}), RecordRow.billed_per == BilledPer.SESSION)
        .where(or_(RecordRow.session_version.is_not(None), UndoneRow.session_version.is_(None)))
    )
    made = await db.rows(query)
    return {
        (session_id, version): (row.client_id,)
        for session_id, version in facts
        for row in made
        if row.session_id == session_id and row.session_version in {version, None}
    }


async def history_of(db: ReadSession, record_id: RecordId) -> list[tuple[LedgerTransaction, Posting]]:
    """Return all that happened to a record's money, oldest first."""
    return (await histories_of(db, [record_id]))[record_id]


async def histories_of(db: ReadSession, records: Collection[RecordId]) -> dict[RecordId, list[tuple[LedgerTransaction, Posting]]]:
    """Return all that happened to the money of records, oldest first."""
    rows = await db.rows(
        select(LedgerTransactionRow, LedgerEntryRow.account, LedgerEntryRow.amount)
        .outerjoin(LedgerEntryRow, LedgerEntryRow.transaction_id == LedgerTransactionRow.id)
        .where(among(LedgerTransactionRow.record_id, records))
        .order_by(LedgerTransactionRow.id, LedgerEntryRow.account)
    )
    histories: dict[RecordId, list[tuple[LedgerTransaction, Posting]]] = {record_id: [] for record_id in records}
    async for row, entries in in_steps(groupby(rows, itemgetter(0))):
        stated = {account: amount for _, account, amount in entries if account}
        histories[row.record_id].append((transaction_of(row), Posting(row.kind, stated)))
    return histories


async def remittances_of(db: ReadSession, record_id: RecordId) -> dict[UUID, UUID]:
    """Return which remittance posted what of a record's ledger."""
    rows = await db.rows(POSTED_BY_REMITTANCES, {"record_id": record_id})
    return {row.transaction_id: row.remittance_id for row in rows}


NOTHING: Final = literal_column("0", Numeric)
"""As the indexes on what is owed are restricted; a parameter would keep the planner from them."""

SHOWN: Final = select(*(column for column in RECORD.c if column.name in RecordView.model_fields))
"""What is shown of a record itself."""

LINES: Final = (
    select(RECORD_LINE.c.record_id, *(column for column in RECORD_LINE.c if column.name in LineView.model_fields))
    .where(RECORD_LINE.c.record_id == any_(bindparam("records", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(RECORD_LINE.c.record_id, RECORD_LINE.c.position)
)

POSTINGS: Final = (
    select(
        *(column for column in LedgerTransactionRow.__table__.columns if column.name in TransactionView.model_fields),
        LedgerEntryRow.account,
        LedgerEntryRow.amount,
    )
    .outerjoin(LedgerEntryRow, LedgerEntryRow.transaction_id == LedgerTransactionRow.id)
    .where(LedgerTransactionRow.id == any_(bindparam("transactions", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(LedgerTransactionRow.id, LedgerEntryRow.account)
)

LATEST: Final = Keyset(RECORD.c.service_date, RECORD.c.id, descending=True)

Ts = TypeVarTuple("Ts")


async def find_record(db: ReadSession, record_id: RecordId) -> RecordView:
    """Return a record; NotFound where there is none."""
    return await show(db, require(await db.find(RecordRow, record_id), "record", record_id))


async def list_records(db: ReadSession, wanted: Wanted, limit: int, cursor: str | None) -> Page[RecordView]:
    """Return records, the latest date of service first."""
    statement = LATEST.after(fitting(SHOWN, wanted), cursor, limit)
    return LATEST.page(await shown(db, await db.rows(statement)), limit)


def fitting(statement: Select[*Ts], wanted: Wanted) -> Select[*Ts]:
    """Leave out the records that are not wanted."""
    if wanted.session_id is not None:
        statement = statement.where(RECORD.c.session_id == wanted.session_id)
    if wanted.client_id is not None:
        statement = statement.where(RECORD.c.client_id == wanted.client_id)
    if wanted.site_id is not None:
        statement = statement.where(RECORD.c.site_id == wanted.site_id)
    if wanted.payment_status is not None:
        statement = statement.where(RECORD.c.payment_status == wanted.payment_status)
    if wanted.since is not None:
        statement = statement.where(RECORD.c.service_date >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(RECORD.c.service_date <= wanted.until)
    if wanted.is_open is not None:
        statement = statement.where(RECORD.c.balance > NOTHING if wanted.is_open else RECORD.c.balance == NOTHING)
    if wanted.lacks_diagnoses:
        statement = statement.where(LACKS_DIAGNOSES)
    return statement


async def total_records(db: ReadSession, wanted: Wanted) -> RecordTotals:
    """Count the records that fit, and sum what is owed on them.

    Both are read from indexes alone. Only open records are summed, whose indexes have their balances; nothing is owed on the others.
    """
    owed = func.coalesce(func.sum(RECORD.c.balance), 0)
    if wanted.is_open:
        [(counted, balance)] = await db.rows(fitting(select(func.count(), owed), wanted))
        return RecordTotals(count=counted, balance=balance)
    count = fitting(select(func.count()).select_from(RECORD), wanted).scalar_subquery()
    of_open = fitting(select(owed), wanted).where(RECORD.c.balance > NOTHING).scalar_subquery()
    [(counted, balance)] = await db.rows(select(count, of_open))
    return RecordTotals(count=counted, balance=balance)


async def read_ledger(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> LedgerView:
    """Return all that happened to a record's money, with the days of ``zone``; NotFound where there is none."""
    history = await history_of(db, record_id)
    if not history:
        raise NotFound.of("record", record_id)
    postings = [posting for _, posting in history]
    standing = settlement.read(postings)
    credit = settlement.funds(by_payer(history)).credit
    remittances = await remittances_of(db, record_id)
    reversible = {about.id for about, posting in history if objection(about, posting, history, remittances.get(about.id)) is None}
    return LedgerView(
        record_id=record_id,
        items=[_transaction(about, posting, zone, is_reversible=about.id in reversible) for about, posting in history],
        balances=settlement.balances(postings),
        payment_status=standing.status,
        balance=standing.balance,
        unapplied_credit=standing.unapplied_credit,
        client_credit=credit[Payer.CLIENT],
        insurer_credit=credit[Payer.INSURER],
        shares=_shares(postings, is_answered=await is_answered(db, record_id)),
    )


def _shares(postings: Sequence[Posting], *, is_answered: bool) -> SharesView:
    """Show who bears what by all postings."""
    borne = settlement.shares(postings)
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
    stated = {**vars(about), **posting_days(about, zone), "entries": entries, "is_reversible": is_reversible}
    return TransactionView.model_validate(stated)


async def shown(db: ReadSession, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[RecordView]:
    """Show records, rows of ``SHOWN``, with their lines."""
    return await _views(db, named(rows))


async def show(db: ReadSession, record: RecordRow) -> RecordView:
    """Show a record with its lines."""
    [view] = await _views(db, [vars(record)])
    return view


async def _views(db: ReadSession, records: Collection[Mapping[str, Any]]) -> list[RecordView]:
    lines: dict[RecordId, list[LineView]] = {record["id"]: [] for record in records}
    for line in named(await db.rows(LINES, {"records": list(lines)})) if lines else ():
        lines[line["record_id"]].append(LineView.of(line))
    return [_view(record, lines[record["id"]]) for record in records]


def _view(record: Mapping[str, Any], lines: list[LineView]) -> RecordView:
    flags = [FlagView.model_validate(flag) for flag in record["flags"]]
    return RecordView.of({**record, "flags": flags, "telehealth": is_telehealth(record["modality"]), "lines": lines})


async def lines_of(db: ReadSession, record_id: RecordId) -> list[LineView]:
    """Return the lines of a record, in order."""
    return [LineView.of(line) for line in named(await db.rows(LINES, {"records": [record_id]}))]


async def books_totals(db: ReadSession) -> dict[str, Decimal]:
    """Return what the books sum to, by what is counted."""
    return dict(await db.rows(tables.BOOKS))


async def known_records(db: ReadSession, records: Collection[RecordId]) -> set[RecordId]:
    """Return which of these records there are."""
    return set(await db.scalars(select(RecordRow.id).where(among(RecordRow.id, records))))


async def records_of(db: ReadSession, transactions: Collection[UUID]) -> dict[UUID, RecordId]:
    """Return the records of these transactions, of those that have one."""
    if not transactions:
        return {}
    wanted = select(LedgerTransactionRow.id, LedgerTransactionRow.record_id).where(among(LedgerTransactionRow.id, transactions))
    return {key: record_id for key, record_id in await db.rows(wanted) if record_id}


async def transactions_of(db: ReadSession, transactions: Collection[UUID], zone: ZoneInfo) -> dict[UUID, TransactionView]:
    """Show these postings, with the days of ``zone``."""
    rows = named(await db.rows(POSTINGS, {"transactions": transactions})) if transactions else ()
    return {key: _posted(list(entries), zone) for key, entries in groupby(rows, itemgetter("id"))}


def _posted(entries: Sequence[dict[str, Any]], zone: ZoneInfo) -> TransactionView:
    about = entries[0]
    posted = about["posted_at"].astimezone(zone).date()
    shown = [EntryView.of(entry) for entry in entries if entry["account"]]
    days = {"received_date": about["received_date"] or posted, "deposit_date": about["deposit_date"] or posted}
    return TransactionView.of({**about, **days, "entries": shown, "is_reversible": False})


async def sessions_billed(db: ReadSession, after: SessionId | None, upto: SessionId | None) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return session, client, id, moment and ``billed_per`` of the records that completed sessions explain, of a part of all sessions."""
    query = (
        select(RecordRow.session_id, RecordRow.client_id, RecordRow.id, RecordRow.created_at, RecordRow.billed_per)
        .outerjoin(UndoneRow, UndoneRow.session_id == RecordRow.session_id)
        .where(RecordRow.kind == RecordKind.SESSION)
        .where(or_(UndoneRow.session_version.is_(None), RecordRow.session_version > UndoneRow.session_version))
        .order_by(RecordRow.revision)
    )
    if after is not None:
        query = query.where(RecordRow.session_id > after)
    if upto is not None:
        query = query.where(RecordRow.session_id <= upto)
    return await db.rows(query)
