"""The read side: prices before the booking, records and their ledgers, without a lock."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Final
from uuid import UUID

from chassis.database import ReadSession
from chassis.edge import Page, page, read_cursor
from chassis.problems import Problem, not_found, refused
from contracts.billing import PaymentStatus
from contracts.catalog import EffectiveRate, ServiceChanged
from contracts.types import ClientId, RecordId, SessionId
from prometheus_client import Gauge
from sqlalchemy import func, select, tuple_

from billing import domain, flags, ledger, store
from billing.domain import Book, Visit
from billing.ledger import Account, Posting
from billing.pricing import NOTHING_ELSE, Quote
from billing.resources import (
    Assumption,
    EntryView,
    FlagView,
    LedgerView,
    LineView,
    PreviewRequest,
    PreviewView,
    RecordView,
    TransactionView,
)
from billing.store import LedgerEntry, LedgerTransaction, Record, RecordLine

LARGEST_TOTAL: Final = Decimal("9999999999.99")

RECORDS: Final = Gauge("holdfast_billing_records", "Records by payment status.", ["payment_status"])
IMBALANCE: Final = Gauge(
    "holdfast_billing_ledger_imbalance",
    "What all entries sum to, and what the records' balances miss of the receivables; anything but 0 is an alarm.",
    ["of"],
)


async def preview(db: ReadSession, wanted: PreviewRequest, today: date) -> PreviewView:
    """Price a visit by the function that will make its record; nothing is written."""
    book = await store.book_of(db, ids=[wanted.service_id] if wanted.service_id else (), codes=[wanted.service_code or ""])
    service = await _find(db, book, wanted)
    day = wanted.date or today
    rate = _rate(service, day)
    if rate.amount * wanted.units > LARGEST_TOTAL:
        raise refused("total-too-large", f"{wanted.units} units come to more than {LARGEST_TOTAL}. Price fewer units.", field="units")
    same_day = NOTHING_ELSE
    if wanted.client_id is not None:
        same_day = (await store.days_of(db, [(wanted.client_id, day)])).get((wanted.client_id, day), NOTHING_ELSE)
    visit = Visit(
        code=service.service_code, service=service, day=day, rate=rate.amount, units=wanted.units, insured=wanted.insurance_applicable
    )
    return _preview(wanted, visit, service, rate, domain.price(visit, book, same_day))


async def find_record(db: ReadSession, record_id: RecordId) -> RecordView:
    """Return a record, or 404."""
    record = await db.find(Record, record_id)
    if record is None:
        raise not_found("record", record_id)
    [view] = await views(db, [record])
    return view


async def list_records(
    db: ReadSession,
    *,
    session_id: SessionId | None,
    client_id: ClientId | None,
    payment_status: PaymentStatus | None,
    since: date | None,
    until: date | None,
    limit: int,
    cursor: str | None,
) -> Page[RecordView]:
    """Return records, the latest date of service first."""
    wanted = select(Record).order_by(Record.service_date.desc(), Record.id.desc()).limit(limit + 1)
    if session_id is not None:
        wanted = wanted.where(Record.session_id == session_id)
    if client_id is not None:
        wanted = wanted.where(Record.client_id == client_id)
    if payment_status is not None:
        wanted = wanted.where(Record.payment_status == payment_status)
    if since is not None:
        wanted = wanted.where(Record.service_date >= since)
    if until is not None:
        wanted = wanted.where(Record.service_date <= until)
    if cursor is not None:
        day, record_id = read_cursor(cursor, date, UUID)
        wanted = wanted.where(tuple_(Record.service_date, Record.id) < tuple_(day, record_id))
    found = await views(db, await db.scalars(wanted))
    return page(found, limit, lambda record: (record.service_date, record.id))


async def read_ledger(db: ReadSession, record_id: RecordId) -> LedgerView:
    """Return all that happened to a record's money, or 404."""
    history = await store.history_of(db, record_id)
    if not history:
        raise not_found("record", record_id)
    postings = [posting for _, posting in history]
    standing = ledger.read(postings)
    return LedgerView(
        record_id=record_id,
        items=[_transaction(about, posting) for about, posting in history],
        balances=ledger.balances(postings),
        payment_status=standing.status,
        balance=standing.balance,
        unapplied_credit=standing.unapplied_credit,
    )


def _transaction(about: LedgerTransaction, posting: Posting) -> TransactionView:
    entries = [EntryView(account=account, amount=amount) for account, amount in posting.entries.items()]
    return TransactionView.model_validate({**store.columns(about), "entries": entries})


async def views(db: ReadSession, records: Collection[Record]) -> list[RecordView]:
    """Show records with their lines."""
    lines: dict[RecordId, list[LineView]] = {record.id: [] for record in records}
    wanted = select(RecordLine).where(RecordLine.record_id.in_(lines)).order_by(RecordLine.record_id, RecordLine.position)
    for line in await db.scalars(wanted) if lines else ():
        lines[line.record_id].append(LineView.model_validate(line))
    return [RecordView.model_validate({**store.columns(record), "lines": lines[record.id]}) for record in records]


async def set_gauges(db: ReadSession) -> None:
    """Measure the records, and whether the books balance and tie."""
    counted = dict(await db.rows(select(Record.payment_status, func.count()).group_by(Record.payment_status)))
    for status in PaymentStatus:
        RECORDS.labels(status.value).set(counted.get(status, 0))
    owed = func.sum(LedgerEntry.amount).filter(LedgerEntry.account.in_((Account.PATIENT_AR, Account.PAYER_AR)))
    [(entries, receivable)] = await db.rows(select(func.sum(LedgerEntry.amount), owed))
    balance = await db.scalar(select(func.sum(Record.balance)))
    IMBALANCE.labels("entries").set(float(entries or 0))
    IMBALANCE.labels("balances").set(float((balance or 0) - (receivable or 0)))


async def _find(db: ReadSession, book: Book, wanted: PreviewRequest) -> ServiceChanged:
    if wanted.service_id is not None:
        service = book.find(wanted.service_id)
        if service is None:
            raise not_found("service", wanted.service_id)
        return service
    code = wanted.service_code or ""
    service = book.find_code(code)
    if service is None:
        alike = (await store.whole_book(db)).codes_like(code)
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "GET /services of the catalog lists every code."
        raise Problem(HTTPStatus.NOT_FOUND, "service-unknown", f"There is no service with the code {code}. {hint}", suggestions=alike)
    return service


def _rate(service: ServiceChanged, day: date) -> EffectiveRate:
    rate = domain.rate_on(service.rates, day)
    if rate is None:
        first = min((rate.effective_from for rate in service.rates), default=None)
        detail = f"{service.service_code} has no rate on {day}; its first one is in force from {first} on. Choose a date from then on."
        raise refused("no-rate-on-date", detail, field="date", first_rate_from=first)
    return rate


def _preview(wanted: PreviewRequest, visit: Visit, service: ServiceChanged, rate: EffectiveRate, quote: Quote) -> PreviewView:
    found = quote.flags if service.is_active else (*quote.flags, flags.service_inactive(service.service_code))
    return PreviewView(
        client_id=wanted.client_id,
        service_id=service.id,
        service_code=visit.code,
        units=visit.units,
        rate_per_unit=visit.rate,
        total_amount=quote.charge,
        allowed_amount=quote.allowed,
        contractual_adjustment=quote.contractual_adjustment,
        other_adjustment=quote.other_adjustment,
        insurance_applicable=visit.insured,
        insurance_covered=quote.covered,
        insurance_amount=quote.insurer,
        copay_amount=quote.copay,
        deductible_amount=quote.deductible,
        coinsurance_amount=quote.coinsurance,
        patient_amount=quote.patient,
        service_date=visit.day,
        lines=[
            LineView(
                service_code=line.code,
                units=line.units,
                rate_per_unit=line.rate,
                amount=line.charge,
                patient_amount=line.patient,
                insurance_amount=line.insurer,
                claimable=line.claimable,
            )
            for line in quote.lines
        ],
        flags=[FlagView.model_validate(flag) for flag in found],
        assumptions=_assumptions(visit, service, rate),
    )


def _assumptions(visit: Visit, service: ServiceChanged, rate: EffectiveRate) -> list[Assumption]:
    coverage = "no coverage is on file, so the client owes all of it" if visit.insured else "the client pays without insurance"
    return [
        Assumption(
            name="date_of_service", value=visit.day.isoformat(), detail="the rate in force on this day counts, whenever it is booked"
        ),
        Assumption(
            name="rate",
            value=f"{rate.amount:.2f}",
            effective_from=rate.effective_from,
            effective_to=rate.effective_to,
            detail=f"per unit, as of version {service.version} of the service",
        ),
        Assumption(name="coverage", value="none", detail=coverage),
    ]
