"""Quotes, records and the ledger: their tables, and the set-based statements that use cases need."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, Transaction
from contracts.billing import PaymentStatus, RecordDifferenceKind
from contracts.catalog import BilledPer
from contracts.scheduling import ClientLocation, Modality, PromisedFact, SessionFact
from contracts.types import ClientId, Code, ComparisonId, RecordId, ServiceId, SessionId, SiteId, TherapistId, new_id
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    Select,
    String,
    TableValuedAlias,
    Text,
    UniqueConstraint,
    Uuid,
    any_,
    bindparam,
    column,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, MappedAsDataclass, mapped_column

from billing import ledger
from billing.coverage import Mode
from billing.domain import Bill, Days, RecordKind, amounts
from billing.in_steps import in_steps
from billing.ledger import Account, Payer, PaymentMethod, Posting, PostingKind
from billing.pricing import ZERO, Quote
from billing.undoing import Made

CLAIMABLE_STATUSES: Final = (PaymentStatus.PENDING, PaymentStatus.SUBMITTED, PaymentStatus.PARTIALLY_PAID)
"""Money is owed, and no insurer has refused it."""
ONE_RECORD_PER_SESSION: Final = "one_record_per_completed_session"


T = TypeVar("T")


def _words(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=20, create_constraint=False, values_callable=_values)


def _values(kind: type[StrEnum]) -> list[str]:
    return [word.value for word in kind]


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of billing."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's way to say it)
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
        **dict.fromkeys((RecordId, SessionId, ClientId, TherapistId, SiteId, ServiceId, ComparisonId), Uuid),
        PaymentStatus: _words(PaymentStatus),
        PaymentMethod: _words(PaymentMethod),
        PostingKind: _words(PostingKind),
        Payer: _words(Payer),
        Account: _words(Account),
        RecordKind: _words(RecordKind),
        BilledPer: _words(BilledPer),
        Mode: _words(Mode),
        Modality: _words(Modality),
        ClientLocation: _words(ClientLocation),
        RecordDifferenceKind: _words(RecordDifferenceKind),
    }


QUOTES_KEPT: Final = timedelta(days=400)
"""What was said beforehand is asked for while the record may be disputed; the record itself stays."""
FORGET_AT_ONCE: Final = 2_000


class QuoteRow(Table):
    """What a session was quoted at when it was booked."""

    __tablename__ = "quote"
    __table_args__ = (
        Index("quote_code", "service_code", "service_date", postgresql_where=text("NOT is_void")),
        Index("quote_service_date", "service_date", postgresql_where=text("NOT is_void")),
        Index("quote_day", "service_date"),
    )

    session_id: Mapped[SessionId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    service_date: Mapped[date]
    total_amount: Mapped[Decimal]
    contractual_adjustment: Mapped[Decimal]
    other_adjustment: Mapped[Decimal]
    patient_amount: Mapped[Decimal]
    insurance_amount: Mapped[Decimal]
    insurance_applicable: Mapped[bool]
    therapist_credential: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(JSONB)
    is_void: Mapped[bool]
    """The session does not take place; kept, so that an older booking that is heard later does not revive it."""
    session_version: Mapped[int]
    quoted_at: Mapped[datetime]


class Record(Table):
    """The bill of one completed session; its money columns never change, its standing follows the ledger."""

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("session_id", "client_id", "revision", name=ONE_RECORD_PER_SESSION),
        Index("one_record_counts", "session_id", "client_id", unique=True, postgresql_where=text("payment_status <> 'voided'")),
        CheckConstraint(
            "total_amount = contractual_adjustment + other_adjustment + patient_amount + insurance_amount", name="record_adds_up"
        ),
        CheckConstraint(
            "least(contractual_adjustment, other_adjustment, patient_amount, insurance_amount, balance, unapplied_credit) >= 0",
            name="nobody_owes_less_than_nothing",
        ),
        Index("record_service_date", "service_date", "id"),
        Index("record_client", "client_id", "service_date"),
        Index("record_site", "site_id", "service_date", "id"),
        Index("record_coverage", "coverage_id", "service_date", postgresql_where=text("coverage_id IS NOT NULL")),
        Index("record_payment_status", "payment_status", "service_date", "id"),
        Index("record_site_status", "site_id", "payment_status", "service_date", "id"),
        Index("record_open", "service_date", "id", postgresql_include=["balance", "payment_status"], postgresql_where=text("balance > 0")),
        Index(
            "record_site_open",
            *("site_id", "service_date", "id"),
            postgresql_include=["balance", "payment_status"],
            postgresql_where=text("balance > 0"),
        ),
        Index(
            "record_lacks_diagnoses",
            *("service_date", "id"),
            postgresql_where=text("diagnoses = '[]' AND kind = 'session' AND payment_status <> 'voided'"),
        ),
        Index("record_settled", "service_date", "id", postgresql_where=text("balance = 0")),
        Index(
            "record_unclaimed",
            "service_date",
            "id",
            postgresql_include=["total_amount"],
            postgresql_where=text(
                "NOT is_claimed AND insurance_covered AND kind = 'session' AND payment_status IN ('pending', 'submitted', 'partially_paid')"
            ),
        ),
        Index(
            "record_credit",
            *("service_date", "id"),
            postgresql_include=["unapplied_credit"],
            postgresql_where=text("unapplied_credit > 0"),
        ),
        Index("record_owed", "created_at", postgresql_include=["id", "balance"], postgresql_where=text("balance <> 0")),
        Index("record_updated_at", "updated_at", postgresql_include=["id", "created_at"]),
    )

    id: Mapped[RecordId] = mapped_column(primary_key=True)
    kind: Mapped[RecordKind]
    session_id: Mapped[SessionId]
    client_id: Mapped[ClientId]
    therapist_id: Mapped[TherapistId]
    site_id: Mapped[SiteId]
    service_id: Mapped[ServiceId]
    service_code: Mapped[str]
    units: Mapped[int]
    minutes: Mapped[int]
    billed_per: Mapped[BilledPer]
    modality: Mapped[Modality]
    client_location: Mapped[ClientLocation | None]
    """Where the client was, of a session by video or audio."""
    therapist_credential: Mapped[str | None]
    revision: Mapped[int]
    """1, and one more for each record that takes the place of one that was taken back."""
    replaces_id: Mapped[RecordId | None] = mapped_column(ForeignKey("record.id"))
    session_version: Mapped[int | None]
    """The version of the session of which it was made."""
    rate_per_unit: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    allowed_amount: Mapped[Decimal]
    contractual_adjustment: Mapped[Decimal]
    other_adjustment: Mapped[Decimal]
    insurance_applicable: Mapped[bool]
    insurance_covered: Mapped[bool]
    coverage_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("coverage.id"))
    payer_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("payer.id"))
    insurance_amount: Mapped[Decimal]
    copay_amount: Mapped[Decimal]
    deductible_amount: Mapped[Decimal]
    coinsurance_amount: Mapped[Decimal]
    patient_amount: Mapped[Decimal]
    service_date: Mapped[date]
    billing_date: Mapped[date]
    flags: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    diagnoses: Mapped[list[str]] = mapped_column(JSONB)
    """ICD-10-CM, the primary one first: as the client had them when the record was made, or as they were entered for it later."""
    payment_status: Mapped[PaymentStatus]
    balance: Mapped[Decimal]
    unapplied_credit: Mapped[Decimal]
    is_claimed: Mapped[bool] = mapped_column(server_default=false())
    """Whether its latest claim that was not rejected asks for money: kept by a trigger of the claims."""
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


LACKS_DIAGNOSES: Final = text("record.diagnoses = '[]' AND record.kind = 'session' AND record.payment_status <> 'voided'")
"""A session's record that no insurer pays yet because it has no diagnosis; in its index's words, which parameters would keep it from."""


class UndoneRow(Table):
    """The last undo of a session's completion, no-show or cancellation: what was said with a lower version is void."""

    __tablename__ = "undone"

    session_id: Mapped[SessionId] = mapped_column(primary_key=True)
    session_version: Mapped[int]
    undone_at: Mapped[datetime]


class RecordLine(Table):
    """One billable code of a record and who owes what of it."""

    __tablename__ = "record_line"
    __table_args__ = (
        CheckConstraint("amount = contractual_adjustment + other_adjustment + patient_amount + insurance_amount", name="line_adds_up"),
    )

    record_id: Mapped[RecordId] = mapped_column(ForeignKey("record.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    units: Mapped[int]
    rate_per_unit: Mapped[Decimal]
    amount: Mapped[Decimal]
    allowed_amount: Mapped[Decimal]
    contractual_adjustment: Mapped[Decimal]
    other_adjustment: Mapped[Decimal]
    deductible_amount: Mapped[Decimal]
    copay_amount: Mapped[Decimal]
    coinsurance_amount: Mapped[Decimal]
    patient_amount: Mapped[Decimal]
    insurance_amount: Mapped[Decimal]
    claimable: Mapped[bool]


class LedgerTransaction(Table):
    """What happened once to a record's money, or to a remittance's beyond its claims; append-only."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        UniqueConstraint("record_id", "id", "posted_at", name="one_record_and_moment_of_a_transaction"),
        Index("ledger_transaction_posted_at", "posted_at"),
        CheckConstraint("(record_id IS NULL) = (remittance_id IS NOT NULL)", name="transaction_is_of_a_record_or_a_remittance"),
        Index("ledger_transaction_remittance", "remittance_id", postgresql_where=text("remittance_id IS NOT NULL")),
        CheckConstraint("deposit_date >= received_date", name="deposit_is_not_before_receipt"),
        Index("ledger_transaction_deposit", "deposit_date", postgresql_where=text("deposit_date IS NOT NULL")),
        Index("ledger_transaction_reverses", "reverses_id", unique=True, postgresql_where=text("reverses_id IS NOT NULL")),
        Index("ledger_transaction_denial", "record_id", postgresql_where=text("kind = 'denial'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[RecordId | None] = mapped_column(ForeignKey("record.id"))
    """None for what a payer adds to a whole payment or withholds from it."""
    kind: Mapped[PostingKind]
    posted_at: Mapped[datetime]
    payer: Mapped[Payer | None] = mapped_column(default=None)
    method: Mapped[PaymentMethod | None] = mapped_column(default=None)
    reference: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    remittance_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("remittance.id"), default=None)
    """The payment, where it is about no record."""
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transaction.id"), default=None)
    """The posting that this one takes back; one has at most one such."""
    posted_by: Mapped[str | None] = mapped_column(default=None)
    """None for what is older than this column."""
    received_date: Mapped[date | None] = mapped_column(default=None)
    """When the money was received, where that is not the day of the posting."""
    deposit_date: Mapped[date | None] = mapped_column(default=None)
    """On which day's close it is, where that is not the day of the posting."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a ledger transaction has of whoever posts it: who, at which moment, and the days that were given."""

    posted_at: datetime
    posted_by: str
    received_date: date | None = None
    deposit_date: date | None = None


class LedgerEntry(Table):
    """What one account gained (debit, positive) or lost (credit, negative); append-only, and each transaction sums to zero.

    It repeats whose money it is and when, so that reports read entries alone; neither ever changes, so neither can differ.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="entry_moves_money"),
        ForeignKeyConstraint(
            ["record_id", "transaction_id", "posted_at"],
            ["ledger_transaction.record_id", "ledger_transaction.id", "ledger_transaction.posted_at"],
            name="entry_says_what_its_transaction_says",
        ),
        Index("ledger_entry_record", "record_id", "posted_at", postgresql_include=["account", "amount"]),
        Index("ledger_entry_posted_at", "posted_at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
    )

    transaction_id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[Account] = mapped_column(primary_key=True)
    record_id: Mapped[RecordId | None]
    posted_at: Mapped[datetime]
    amount: Mapped[Decimal]


ENTRIES: Final = "entries"
UNTIED: Final = "untied"


class BooksTotalRow(Table):
    """What was counted of the books up to the last look.

    The sum of all entries, what records' balances miss of the receivables, and how many records have each payment status.
    """

    __tablename__ = "books_total"

    what: Mapped[str] = mapped_column(String(20), primary_key=True)
    """``entries``, ``untied`` or a payment status."""
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class BooksChangeRow(Table):
    """What was counted since: triggers of records and entries write it, so that writers do not wait for each other's row."""

    __tablename__ = "books_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    what: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))


class ComparisonRow(Table):
    """What came of comparing completed sessions with records, as far as it has come."""

    __tablename__ = "comparison"

    id: Mapped[ComparisonId] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None] = mapped_column(default=None)
    sessions: Mapped[int] = mapped_column(default=0)
    attended: Mapped[int] = mapped_column(default=0)
    """Each client of each session."""


class DifferenceRow(Table):
    """Where a comparison found sessions and records to differ."""

    __tablename__ = "comparison_difference"
    __table_args__ = (Index("comparison_difference_comparison", "comparison_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    comparison_id: Mapped[ComparisonId] = mapped_column(ForeignKey("comparison.id", ondelete="CASCADE"))
    kind: Mapped[RecordDifferenceKind]
    session_id: Mapped[SessionId]
    client_id: Mapped[ClientId]
    record_id: Mapped[RecordId | None]


def among(column: InstrumentedAttribute[T], values: Collection[T]) -> ColumnElement[bool]:
    """Whether a column is one of these values: one parameter, however many they are; a statement has 32,767 parameters at most."""
    return column == any_(literal(list(values), ARRAY(column.type, dimensions=1)))


async def add_quotes(tx: Transaction, quotes: Sequence[tuple[PromisedFact, ClientId, date, Quote]]) -> None:
    """Keep what sessions were quoted at; a later booking of the same session takes the place of the former."""
    rows = [
        {
            "session_id": fact.session_id,
            "client_id": client_id,
            "service_code": fact.service_code,
            "service_date": day,
            "total_amount": quote.charge,
            "contractual_adjustment": quote.contractual_adjustment,
            "other_adjustment": quote.other_adjustment,
            "patient_amount": quote.patient,
            "insurance_amount": quote.insurer,
            "insurance_applicable": fact.insurance_applicable,
            "therapist_credential": fact.therapist_credential,
            "flags": [flag.code.value for flag in quote.flags],
            "is_void": False,
            "session_version": fact.version,
            "quoted_at": tx.now,
        }
        for fact, client_id, day, quote in sorted(quotes, key=lambda each: (each[0].session_id, each[1], each[0].version))
    ]
    await _put_quotes(tx, rows)


async def void_quotes(tx: Transaction, gone: Sequence[tuple[SessionFact, ClientId, date]]) -> None:
    """Take back the quotes of sessions that do not take place."""
    nothing = dict.fromkeys(("total_amount", "contractual_adjustment", "other_adjustment", "patient_amount", "insurance_amount"), ZERO)
    rows: list[dict[str, Any]] = [
        {
            "session_id": fact.session_id,
            "client_id": client_id,
            "service_code": fact.service_code,
            "service_date": day,
            **nothing,
            "insurance_applicable": False,
            "therapist_credential": None,
            "flags": [],
            "is_void": True,
            "session_version": fact.version,
            "quoted_at": tx.now,
        }
        for fact, client_id, day in sorted(gone, key=lambda each: (each[0].session_id, each[1], each[0].version))
    ]
    await _put_quotes(tx, rows)


async def forget_quotes(tx: Transaction) -> int:
    """Delete quotes of sessions that took place, or did not, long ago; return how many. Their records stay."""
    old = select(QuoteRow.session_id, QuoteRow.client_id).where(QuoteRow.service_date < (tx.now - QUOTES_KEPT).date()).limit(FORGET_AT_ONCE)
    return await tx.execute(delete(QuoteRow).where(tuple_(QuoteRow.session_id, QuoteRow.client_id).in_(old)))


async def _put_quotes(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what is newest of each session and client."""
    if not rows:
        return
    newest = {(row["session_id"], row["client_id"]): row for row in rows}
    statement = insert(QuoteRow).values(list(newest.values()))
    keys = ("session_id", "client_id")
    values = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    newer = statement.excluded.session_version > QuoteRow.session_version
    await tx.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=values, where=newer))


async def has_records(db: ReadSession) -> bool:
    """Whether any session was ever billed."""
    return await db.scalar(select(select(Record.id).exists()))


async def days_of(db: ReadSession, days: Collection[tuple[ClientId, date]]) -> Days:
    """Return the units that these clients have been billed for on these days, by code."""
    given = _unnest(Record, "client_id", "service_date")
    wanted = (
        select(Record.client_id, Record.service_date, RecordLine.service_code, RecordLine.units)
        .join(RecordLine, RecordLine.record_id == Record.id)
        .where(tuple_(Record.client_id, Record.service_date).in_(select(given)), Record.payment_status != PaymentStatus.VOIDED)
    )
    found: dict[tuple[ClientId, date], Counter[Code]] = {}
    for client_id, day, code, units in await db.rows(
        wanted, {"client_id": [one for one, _ in days], "service_date": [day for _, day in days]}
    ):
        found.setdefault((client_id, day), Counter())[code] += units
    return found


POSTED_BY_REMITTANCES: Final = text(
    "SELECT unnest(transaction_ids) AS transaction_id, remittance_id FROM remittance_claim WHERE record_id = :record_id"
)
IS_ANSWERED: Final = text("""
    SELECT EXISTS (
        SELECT FROM remittance_claim
        WHERE record_id = :record_id AND reversed_by IS NULL
            AND (outcome = 'paid' OR outcome = 'denied' AND cardinality(transaction_ids) > 1)
    )
""")
PUT_BACK: Final = text(
    "UPDATE remittance_claim SET outcome = 'left_out', assigned_as = NULL WHERE assigned_as = :transaction_id RETURNING remittance_id"
)
GATHER: Final = text("""
    WITH gone AS (
        DELETE FROM books_change WHERE id IN (SELECT id FROM books_change ORDER BY id LIMIT :at_most) RETURNING what, amount
    ), added AS (
        INSERT INTO books_total AS total (what, amount) SELECT what, SUM(amount) FROM gone GROUP BY what
        ON CONFLICT (what) DO UPDATE SET amount = total.amount + excluded.amount
    )
    SELECT COUNT(*) FROM gone
""")
LOCK_SESSIONS: Final = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


async def lock_sessions(tx: Transaction, sessions: Collection[SessionId]) -> None:
    """Let one transaction at a time decide what records these sessions have."""
    keys = sorted(int.from_bytes(session.bytes[8:], signed=True) for session in set(sessions))
    await tx.rows(LOCK_SESSIONS, {"keys": keys})


async def alone_with(tx: Transaction, key: str) -> None:
    """Let only one transaction at a time deal with the same file or payment."""
    await tx.scalar(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def lock_revisions(db: ReadSession, records: Collection[RecordId]) -> None:
    """Lock these records and the other revisions of each, in the order of their ids.

    Everything that writes to records begins so. A record that is updated twice in one transaction locks the one that it replaced, by its
    foreign key; whoever locked only the newer one would wait for somebody who has the older one and waits for the newer.
    """
    billed = select(Record.session_id, Record.client_id).where(among(Record.id, records))
    await db.rows(_in_order(tuple_(Record.session_id, Record.client_id).in_(billed)))


async def lock_records_of(tx: Transaction, sessions: Collection[SessionId]) -> None:
    """Lock every record of these sessions, in the order of their ids."""
    await tx.rows(_in_order(among(Record.session_id, sessions)))


def _in_order(which: ColumnElement[bool]) -> Select[RecordId]:
    return select(Record.id).where(which).order_by(Record.id).with_for_update(of=Record)


async def made_of(tx: Transaction, sessions: Collection[SessionId]) -> dict[tuple[SessionId, ClientId], list[Made]]:
    """Return the records that were made of these sessions, also those that were taken back."""
    names = (Record.id, Record.session_id, Record.client_id, Record.revision, Record.session_version, Record.payment_status)
    made: defaultdict[tuple[SessionId, ClientId], list[Made]] = defaultdict(list)
    for row in await tx.rows(select(*names).where(among(Record.session_id, sessions)).order_by(Record.id)):
        is_void = row.payment_status is PaymentStatus.VOIDED
        one = Made(row.id, row.session_id, row.client_id, row.revision, row.session_version, is_void)
        made[one.session_id, one.client_id].append(one)
    return made


async def diagnoses_of(db: ReadSession, records: Collection[RecordId]) -> dict[RecordId, tuple[str, ...]]:
    """Return the diagnoses of these records."""
    if not records:
        return {}
    rows = await db.rows(select(Record.id, Record.diagnoses).where(among(Record.id, records)))
    return {key: tuple(diagnoses) for key, diagnoses in rows}


async def undone_of(tx: Transaction, sessions: Collection[SessionId]) -> dict[SessionId, int]:
    """Return the version of the last undo of each of these sessions that has one."""
    rows = await tx.rows(select(UndoneRow.session_id, UndoneRow.session_version).where(among(UndoneRow.session_id, sessions)))
    return {row.session_id: row.session_version for row in rows}


async def note_undone(tx: Transaction, versions: Mapping[SessionId, int]) -> None:
    """Keep the version of the last undo of each of these sessions."""
    rows = [{"session_id": key, "session_version": version, "undone_at": tx.now} for key, version in sorted(versions.items())]
    statement = insert(UndoneRow).values(rows)
    incoming = statement.excluded
    values = {"session_version": incoming.session_version, "undone_at": incoming.undone_at}
    newer = incoming.session_version > UndoneRow.session_version
    await tx.execute(statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=newer))


async def add_bills(tx: Transaction, bills: Sequence[Bill], by: str) -> list[Bill]:
    """Write the bills of sessions that have none yet, with their charges; return those that were written."""
    in_order = sorted(bills, key=lambda bill: bill.session.session_id)
    once = _inserting(Record).on_conflict_do_nothing(constraint=ONE_RECORD_PER_SESSION).returning(Record.id)
    made = {row.id for row in await tx.rows(once, _arrays(Record, [_record(bill, tx.now) for bill in in_order]))}
    new = [bill for bill in in_order if bill.id in made]
    charges = [(_charge(bill, Stamp(tx.now, by)), bill.charge) for bill in new]
    await _append(tx, RecordLine, [line for bill in new for line in _lines(bill)])
    await add_postings(tx, charges)
    return new


async def sessions_billed_once(db: ReadSession, facts: Collection[tuple[SessionId, int]]) -> dict[tuple[SessionId, int], tuple[ClientId]]:
    """Return whose the one record is of those completions that were billed once, however their service is billed today.

    A completion is a session with its version: what was made of an earlier one, which was undone, says nothing of the next. A record that
    is older than versions is that of any completion, until an undo.
    """
    query = (
        select(Record.session_id, Record.client_id, Record.session_version)
        .outerjoin(UndoneRow, UndoneRow.session_id == Record.session_id)
        .where(Record.session_id.in_({session_id for session_id, _ in facts}), Record.billed_per == BilledPer.SESSION)
        .where(or_(Record.session_version.is_not(None), UndoneRow.session_version.is_(None)))
    )
    made = await db.rows(query)
    return {
        (session_id, version): (row.client_id,)
        for session_id, version in facts
        for row in made
        if row.session_id == session_id and row.session_version in {version, None}
    }


async def add_postings(tx: Transaction, postings: Sequence[tuple[LedgerTransaction, Posting]]) -> None:
    """Append to the ledger."""
    await _append(tx, LedgerTransaction, [columns(about) for about, _ in postings])
    entries = [
        {"transaction_id": about.id, "account": account, "record_id": about.record_id, "posted_at": about.posted_at, "amount": amount}
        for about, posting in postings
        for account, amount in posting.entries.items()
    ]
    await _append(tx, LedgerEntry, entries)


async def gather_changes(tx: Transaction, at_most: int) -> int:
    """Add what was counted since the last look to the totals; return of how many changes."""
    [(gathered,)] = await tx.rows(GATHER, {"at_most": at_most})
    return gathered


async def history_of(db: ReadSession, record_id: RecordId) -> list[tuple[LedgerTransaction, Posting]]:
    """Return all that happened to a record's money, oldest first."""
    return (await histories_of(db, [record_id]))[record_id]


async def histories_of(db: ReadSession, records: Collection[RecordId]) -> dict[RecordId, list[tuple[LedgerTransaction, Posting]]]:
    """Return all that happened to the money of records, oldest first."""
    rows = await db.rows(
        select(LedgerTransaction, LedgerEntry.account, LedgerEntry.amount)
        .outerjoin(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(among(LedgerTransaction.record_id, records))
        .order_by(LedgerTransaction.id, LedgerEntry.account)
    )
    histories: dict[RecordId, list[tuple[LedgerTransaction, Posting]]] = {record_id: [] for record_id in records}
    async for about, entries in in_steps(groupby(rows, itemgetter(0))):
        told = {account: amount for _, account, amount in entries if account}
        histories[about.record_id].append((about, Posting(about.kind, told)))
    return histories


async def remittances_of(db: ReadSession, record_id: RecordId) -> dict[UUID, UUID]:
    """Return which remittance posted what of a record's ledger."""
    rows = await db.rows(POSTED_BY_REMITTANCES, {"record_id": record_id})
    return {row.transaction_id: row.remittance_id for row in rows}


async def is_answered(db: ReadSession, record_id: RecordId) -> bool:
    """Whether an insurer's answer that no file has taken back says who bears what of a record; a denial of all of it does not."""
    return bool(await db.scalar(IS_ANSWERED, {"record_id": record_id}))


async def put_back(tx: Transaction, transaction_id: UUID) -> UUID | None:
    """Let the money of a claim that was left out be on the payer's account again, whose assignment is reversed; return its remittance."""
    [found] = await tx.rows(PUT_BACK, {"transaction_id": transaction_id}) or [None]
    return found.remittance_id if found else None


ByPayer = Sequence[tuple[Payer | None, Posting]]


def by_payer(history: Sequence[tuple[LedgerTransaction, Posting]]) -> list[tuple[Payer | None, Posting]]:
    """Name the payer of each posting, as the ledger's decisions read it."""
    return [(about.payer, posting) for about, posting in history]


def settle(history: Sequence[tuple[LedgerTransaction, Posting]], stamp: Stamp) -> list[tuple[LedgerTransaction, Posting]]:
    """Return what lets each payer's credit settle what the same payer owes on the record that has this history."""
    record_id = history[0][0].record_id
    return [
        (LedgerTransaction(id=new_id(), record_id=record_id, kind=posting.kind, payer=payer, **asdict(stamp)), posting)
        for payer, posting in ledger.settle(by_payer(history))
    ]


def credit_between(record_id: RecordId, other: RecordId, payer: Payer, stamp: Stamp) -> LedgerTransaction:
    """Tell of credit that a record gives to another, or has from it."""
    kind, reference = PostingKind.CREDIT, str(other)
    return LedgerTransaction(id=new_id(), record_id=record_id, kind=kind, payer=payer, reference=reference, **asdict(stamp))


def _unnest(entity: type[Table], *names: str) -> TableValuedAlias:
    """Turn arrays, one for each column, into rows."""
    columns = [column(name, entity.__table__.c[name].type) for name in names]
    arrays = [bindparam(one.name, type_=ARRAY(one.type, dimensions=1)) for one in columns]
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


@cache
def _inserting(entity: type[Table]) -> Insert:
    """Insert any number of rows by one statement, given as an array for each column."""
    table = cast("CoreTable", entity.__table__)
    names = list(table.c.keys())
    return insert(table).from_select(names, select(_unnest(entity, *names)))


def _arrays(entity: type[Table], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {attribute.key: [row[attribute.key] for row in rows] for attribute in entity.__mapper__.column_attrs}


async def _append(tx: Transaction, entity: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    await tx.execute(_inserting(entity), _arrays(entity, rows))


def posting_days(about: LedgerTransaction, zone: ZoneInfo) -> dict[str, date]:
    """Return the two days of a posting; each that is absent is the day of the posting in the network's time zone."""
    posted = about.posted_at.astimezone(zone).date()
    return {"received_date": about.received_date or posted, "deposit_date": about.deposit_date or posted}


def columns(row: Table) -> dict[str, Any]:
    """Return a row by column."""
    return {attribute.key: getattr(row, attribute.key) for attribute in row.__mapper__.column_attrs}


def _charge(bill: Bill, stamp: Stamp) -> LedgerTransaction:
    return LedgerTransaction(id=new_id(), record_id=bill.id, kind=bill.charge.kind, reason=bill.discount_reason, **asdict(stamp))


def _record(bill: Bill, now: datetime) -> dict[str, Any]:
    session, quote, standing = bill.session, bill.quote, bill.standing
    return {
        "id": bill.id,
        "kind": bill.kind,
        "session_id": session.session_id,
        "client_id": session.client_id,
        "therapist_id": session.therapist_id,
        "site_id": session.site_id,
        "service_id": session.service_id,
        "service_code": session.service_code,
        "units": 1,
        "minutes": bill.minutes,
        "billed_per": bill.billed_per,
        "modality": bill.modality,
        "client_location": bill.client_location,
        "therapist_credential": bill.therapist_credential,
        "revision": bill.revision,
        "replaces_id": bill.replaces_id,
        "session_version": bill.session_version,
        "rate_per_unit": session.rate_per_unit,
        "total_amount": quote.charge,
        **amounts(quote),
        "insurance_applicable": session.insurance_applicable,
        "insurance_covered": quote.covered,
        "coverage_id": bill.coverage and bill.coverage.id,
        "payer_id": bill.coverage and bill.coverage.payer_id,
        "service_date": session.service_date,
        "billing_date": bill.billing_date,
        "flags": [asdict(flag) for flag in quote.flags],
        "diagnoses": list(bill.diagnoses),
        "payment_status": standing.status,
        "balance": standing.balance,
        "unapplied_credit": standing.unapplied_credit,
        "is_claimed": False,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def _lines(bill: Bill) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(bill.quote.lines, 1):
        yield {
            "record_id": bill.id,
            "position": position,
            "service_code": line.code,
            "units": line.units,
            "rate_per_unit": line.rate,
            "amount": line.charge,
            **amounts(line),
            "claimable": line.claimable,
        }
