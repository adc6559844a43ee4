"""The documents of clients: superbill, receipt and statement; loaded, decided, printed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession
from chassis.errors import Conflict, FieldError, Invalid
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from contracts.billing import PaymentStatus
from contracts.types import ClientId, RecordId
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, case, func, select

from billing.document_facts import formatting
from billing.document_facts import people as document_parties
from billing.document_facts import queries as document_facts_queries
from billing.document_facts.facts import ClaimContext, Movement
from billing.document_facts.formatting import Document
from billing.document_facts.people import FOR_CLIENTS, Client, Keys, Known, Organization
from billing.documents import good_faith, statement, superbill
from billing.documents.good_faith import Estimate, Item
from billing.documents.schemas import EstimateView, ItemView
from billing.documents.statement import ClientAccount, Entry
from billing.documents.tables import EstimateRow
from billing.ledger import settlement
from billing.ledger.bill import RecordKind
from billing.ledger.postings import Account, Entries, Payer, Posting, PostingKind
from billing.payers import queries as payers_queries
from billing.pricing.amounts import ZERO
from billing.records import history as records_history
from billing.records import queries as records_queries
from billing.records.queries import ENTRY, RECORD, TRANSACTION

ESTIMATE: Final = TypeAdapter(Estimate)


async def find_estimate(db: ReadSession, estimate_id: UUID) -> EstimateView:
    """Return an estimate; raises NotFound when there is none."""
    return estimate_view(await _find(db, estimate_id))


async def document_of(db: ReadSession, estimate_id: UUID) -> Document:
    """Write an estimate down as it was given to the client; NotFound where there is none."""
    return good_faith.document(ESTIMATE.validate_python((await _find(db, estimate_id)).facts))


LATEST: Final = Keyset(EstimateRow.id, descending=True)


async def list_estimates(db: ReadSession, client_id: ClientId | None, limit: int, cursor: str | None) -> Page[EstimateView]:
    """Return estimates, the latest first."""
    query = LATEST.after(select(EstimateRow), cursor, limit)
    if client_id is not None:
        query = query.where(EstimateRow.client_id == client_id)
    return LATEST.page([estimate_view(row) for row in await db.scalars(query)], limit)


async def _find(db: ReadSession, estimate_id: UUID) -> EstimateRow:
    return require(await db.find(EstimateRow, estimate_id), "estimate", estimate_id)


def estimate_view(row: EstimateRow) -> EstimateView:
    """Return an estimate as the API has it."""
    made = ESTIMATE.validate_python(row.facts)
    return EstimateView(
        id=row.id,
        number=good_faith.number(made.number),
        client_id=made.client_id,
        issued_on=made.issued_on,
        valid_until=made.valid_until,
        diagnoses=list(made.client.diagnoses),
        items=[_item(item) for item in made.items],
        total_amount=made.total_amount,
        discount=made.discount,
        patient_amount=made.patient_amount,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _item(item: Item) -> ItemView:
    return ItemView(
        service_code=item.service_code,
        service_name=item.service_name,
        units=item.units,
        rate_per_unit=item.rate_per_unit,
        amount=item.amount,
        discount=item.discount,
        patient_amount=item.patient_amount,
        dates=list(item.dates),
        total=item.total,
    )


MOST_ROWS: Final = 500
"""Of one statement: some thirty pages."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a statement is about: postings from one day to another, and what is owed as of a day."""

    since: date
    until: date
    as_of: date
    zone: ZoneInfo

    def begin(self, day: date) -> datetime:
        """Return the moment at which a day begins."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def end(self, day: date) -> datetime:
        """Return the moment at which the next day begins."""
        return self.begin(day + timedelta(days=1))


async def superbill_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Document:
    """Write the superbill of a session that took place and is billed; Invalid where it did not, Conflict where its bill was taken back."""
    context = await document_facts_queries.find_context(db, record_id, zone)
    refuse_voided(context)
    if context.kind is not RecordKind.SESSION:
        detail = "A superbill is for services that took place; this is a charge for a session that did not. Print a statement or a receipt."
        raise Invalid("no-service-rendered", detail, kind=context.kind)
    return superbill.superbill(context, document_facts_queries.parties_for_insurers(context))


async def receipt_of(db: ReadSession, record_id: RecordId, transaction_id: UUID, zone: ZoneInfo) -> Document:
    """Write the receipt of a payment or a refund; also where the record was taken back later, for the money did move.

    NotFound where there is no such movement.
    """
    context = await document_facts_queries.find_context(db, record_id, zone)
    found = next((each for each in context.movements if each.id == transaction_id and _has_receipt(each)), None)
    moved = require(found, "payment", transaction_id)
    organization, client = _for_client(context.known, context.keys)
    return superbill.receipt(context, moved, organization, client)


def _has_receipt(movement: Movement) -> bool:
    """Whether money came in by a payment or went out by a refund; what takes one of them back is named on its receipt."""
    cash = movement.posting.entries.get(Account.CASH, ZERO)
    is_payment = movement.posting.kind is PostingKind.PAYMENT and cash >= 0
    return movement.reverses_id is None and (is_payment or (movement.posting.kind is PostingKind.REFUND and cash < 0))


async def statement_of(db: ReadSession, client_id: ClientId, period: Period) -> Document:
    """Write a client's statement; Invalid where its days are out of order, it is too long, or facts about the parties are missing."""
    _check(period)
    keys = Keys(client_id)
    organization, client = _for_client(await document_facts_queries.find_known(db, keys), keys)
    account = await load_account(db, client_id, period)
    return statement.statement(account, formatting.account(client_id), organization, client)


async def load_account(db: ReadSession, client_id: ClientId, period: Period) -> ClientAccount:
    """Read a client's account off the ledger, as it stood at one moment; Invalid where the period has more than ``MOST_ROWS`` postings."""
    begin, end, seen = period.begin(period.since), period.end(period.until), period.end(period.as_of)
    at = TRANSACTION.c.posted_at
    within = (at >= begin) & (at < end)
    await _check_length(db, client_id, within)
    detail, afterwards = case((within, TRANSACTION.c.id)), at >= end
    summed = (
        select(detail, afterwards, RECORD.c.service_date, ENTRY.c.account, func.sum(ENTRY.c.amount))
        .join(TRANSACTION, TRANSACTION.c.id == ENTRY.c.transaction_id)
        .join(RECORD, RECORD.c.id == TRANSACTION.c.record_id)
        .where(RECORD.c.client_id == client_id, at < seen)
        .group_by(detail, afterwards, RECORD.c.service_date, ENTRY.c.account)
    )
    opening: defaultdict[Account, Decimal] = defaultdict(Decimal)
    later: defaultdict[Account, Decimal] = defaultdict(Decimal)
    owed: defaultdict[date, Decimal] = defaultdict(Decimal)
    posted: defaultdict[UUID, dict[Account, Decimal]] = defaultdict(dict)
    for key, is_later, service_date, account, amount in await db.rows(summed):
        if account is Account.PATIENT_AR:
            owed[service_date] += amount
        if key is not None:
            posted[key][account] = amount
        else:
            (later if is_later else opening)[account] += amount
    return ClientAccount(
        since=period.since,
        until=period.until,
        as_of=period.as_of,
        opening=opening,
        entries=await _entries(db, posted, period.zone),
        later=later,
        owed=owed,
        credit_of_client=await _credit_of_client(db, client_id, seen),
        made_at=seen - timedelta(seconds=1),
    )


async def _credit_of_client(db: ReadSession, client_id: ClientId, seen: datetime) -> Decimal:
    """Return how much of the credit on a client's records was the client's money, by what was posted before a moment."""
    with_credit = (
        select(RECORD.c.id)
        .join(TRANSACTION, TRANSACTION.c.record_id == RECORD.c.id)
        .join(ENTRY, ENTRY.c.transaction_id == TRANSACTION.c.id)
        .where(RECORD.c.client_id == client_id, TRANSACTION.c.posted_at < seen, ENTRY.c.account == Account.UNAPPLIED_CREDIT)
        .group_by(RECORD.c.id)
        .having(func.sum(ENTRY.c.amount) < 0)
    )
    histories = await records_queries.histories_of(db, await db.scalars(with_credit))
    known = ([(about, posting) for about, posting in history if about.posted_at < seen] for history in histories.values())
    return sum((settlement.funds(records_history.by_payer(history)).credit[Payer.CLIENT] for history in known), ZERO)


async def _check_length(db: ReadSession, client_id: ClientId, within: ColumnElement[bool]) -> None:
    some = (
        select(TRANSACTION.c.id)
        .join(RECORD, RECORD.c.id == TRANSACTION.c.record_id)
        .where(RECORD.c.client_id == client_id, within)
        .limit(MOST_ROWS + 1)
    )
    if await db.scalar(select(func.count()).select_from(some.subquery())) > MOST_ROWS:
        detail = f"A statement has at most {MOST_ROWS} postings, and this time has more. Choose a later from, or an earlier to."
        raise Invalid("statement-too-long", detail, field="from")


async def _entries(db: ReadSession, posted: Mapping[UUID, Entries], zone: ZoneInfo) -> list[Entry]:
    """Return what each posting is about; what is posted never changes."""
    rows = await db.rows(
        select(TRANSACTION, RECORD.c.service_code, RECORD.c.service_date, RECORD.c.payer_id)
        .join(RECORD, RECORD.c.id == TRANSACTION.c.record_id)
        .where(TRANSACTION.c.id.in_(posted))
        .order_by(TRANSACTION.c.posted_at, TRANSACTION.c.id)
    )
    names = await document_facts_queries.names_of(db, {row.service_code for row in rows})
    payers = await payers_queries.names_of(db, {row.payer_id for row in rows if row.payer_id})
    return [
        Entry(
            movement=document_facts_queries.movement(row, Posting(row.kind, posted[row.id]), zone),
            service_code=row.service_code,
            service_name=names.get(row.service_code, row.service_code),
            service_date=row.service_date,
            payer_name=payers.get(row.payer_id) if row.payer_id else None,
        )
        for row in rows
    ]


def refuse_voided(context: ClaimContext) -> None:
    """Refuse a document about a record that was taken back: nobody may claim by it; name the record in its place; Conflict then."""
    if context.status is PaymentStatus.VOIDED:
        instead = f"It is replaced by record {context.replaced_by}." if context.replaced_by else "No record replaces it."
        raise Conflict("record-voided", f"This record is voided and cannot be claimed. {instead}", replaced_by=context.replaced_by)


def _check(period: Period) -> None:
    wrong = []
    if period.until < period.since:
        wrong.append(FieldError(field="to", code="ends-before-it-begins", message="to must not lie before from"))
    if period.as_of < period.until:
        wrong.append(FieldError(field="as_of", code="as-of-before-end", message="as_of must not lie before to"))
    if wrong:
        raise Invalid("bad-period", "; ".join(each.message for each in wrong), wrong)


def _for_client(known: Known, keys: Keys) -> tuple[Organization, Client]:
    match known:
        case Known(organization=Organization() as organization, client=Client() as client):
            return organization, client
        case _:
            raise document_facts_queries.incomplete(document_parties.lacks(known, keys, FOR_CLIENTS))
