"""Quotes, records and the ledger: their tables, and the set-based statements that use cases need."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession, Transaction
from contracts.billing import PaymentStatus
from contracts.catalog import BilledPer
from contracts.scheduling import ClientLocation, Modality
from contracts.types import ClientId, RecordId, ServiceId, SessionId, SiteId, TherapistId, new_id
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    Uuid,
    false,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from billing.ledger.bill import Bill, RecordKind, amounts
from billing.ledger.postings import Account, LedgerTransaction, Payer, PaymentMethod, PostingKind, Stamp
from billing.tables import Table, publish

ONE_RECORD_PER_SESSION: Final = "one_record_per_completed_session"

UNCLAIMED: Final = (
    "NOT is_claimed AND insurance_covered AND kind = 'session'"
    " AND (payment_status IN ('pending', 'submitted', 'partially_paid')"
    " OR payment_status = 'paid' AND insurance_amount = 0 AND total_amount > 0)"
)


class RecordRow(Table):
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
        CheckConstraint("modality IN ('in_person', 'video', 'audio')", name="record_modality_check"),
        CheckConstraint("client_location IN ('home', 'other')", name="record_client_location_check"),
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
        *(
            Index(name, *columns, postgresql_include=["total_amount", "payment_status"], postgresql_where=text(UNCLAIMED))
            for name, columns in (
                ("record_unclaimed", ("service_date", "id")),
                ("record_unclaimed_of_payer", ("payer_id", "service_date", "id")),
            )
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
    """Whether its latest claim that was not rejected claims money: kept by a trigger of the claims."""
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class UndoneRow(Table):
    """The last undo of a session's completion, no-show or cancellation: what was published with a lower version is void."""

    __tablename__ = "undone"

    session_id: Mapped[SessionId] = mapped_column(primary_key=True)
    session_version: Mapped[int]
    undone_at: Mapped[datetime]


class RecordLineRow(Table):
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


class LedgerTransactionRow(Table):
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


class LedgerEntryRow(Table):
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


publish(
    RecordRow,
    *("id", "kind", "session_id", "client_id", "therapist_id", "site_id", "service_code", "service_date", "session_version"),
    *("coverage_id", "payer_id", "insurance_covered", "total_amount", "patient_amount", "insurance_amount"),
    *("copay_amount", "deductible_amount", "coinsurance_amount", "payment_status", "balance", "unapplied_credit"),
    *("created_at", "updated_at"),
)
publish(UndoneRow, "session_id", "session_version", "undone_at")
publish(RecordLineRow, "record_id", "service_code", "amount")
publish(
    LedgerTransactionRow,
    *("id", "record_id", "kind", "posted_at", "payer", "method", "reason", "remittance_id", "reverses_id", "deposit_date"),
)
publish(LedgerEntryRow, "transaction_id", "account", "record_id", "posted_at", "amount")

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


COUNTED: Final = union_all(select(BooksTotalRow.what, BooksTotalRow.amount), select(BooksChangeRow.what, BooksChangeRow.amount)).subquery()
BOOKS: Final = select(COUNTED.c.what, func.sum(COUNTED.c.amount)).group_by(COUNTED.c.what)
"""The totals with the changes that are not in them yet, at one moment."""

IS_ANSWERED: Final = text("""
    SELECT EXISTS (
        SELECT FROM published_remittance_claim
        WHERE record_id = :record_id AND reversed_by IS NULL
            AND (outcome = 'paid' OR outcome = 'denied' AND cardinality(transaction_ids) > 1)
    )
""")


async def note_undone(tx: Transaction, versions: Mapping[SessionId, int]) -> None:
    """Keep the version of the last undo of each of these sessions."""
    rows = [{"session_id": key, "session_version": version, "undone_at": tx.now} for key, version in sorted(versions.items())]
    statement = insert(UndoneRow).values(rows)
    incoming = statement.excluded
    values = {"session_version": incoming.session_version, "undone_at": incoming.undone_at}
    newer = incoming.session_version > UndoneRow.session_version
    await tx.execute(statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=newer))


async def is_answered(db: ReadSession, record_id: RecordId) -> bool:
    """Whether an insurer's answer that no file has taken back states who bears what of a record; a denial of all of it does not."""
    return bool(await db.scalar(IS_ANSWERED, {"record_id": record_id}))


def charge_of(bill: Bill, stamp: Stamp) -> LedgerTransaction:
    """Return the transaction of a bill's charge."""
    return LedgerTransaction(id=new_id(), record_id=bill.id, kind=bill.charge.kind, reason=bill.discount_reason, **asdict(stamp))


def record_values(bill: Bill, now: datetime) -> dict[str, Any]:
    """Return the columns of a bill's record."""
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


def transaction_of(row: LedgerTransactionRow) -> LedgerTransaction:
    """Return a row as a value."""
    return LedgerTransaction(**{field.name: getattr(row, field.name) for field in fields(LedgerTransaction)})


def line_values(bill: Bill) -> Iterator[dict[str, Any]]:
    """Return the columns of each line of a bill, in order."""
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
