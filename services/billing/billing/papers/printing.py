"""The papers of clients: superbill, receipt and statement; loaded, decided, printed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from chassis.problems import FieldError, Problem, conflict, not_found, refused
from contracts.billing import PaymentStatus
from contracts.types import ClientId, RecordId
from sqlalchemy import ColumnElement, case, func, select

from billing import ledger, store
from billing.domain import RecordKind
from billing.ledger import Account, Entries, Payer, Posting, PostingKind
from billing.papers import dossiers, lettering, statement, superbill
from billing.papers import parties as paper_parties
from billing.papers.facts import Dossier, Movement
from billing.papers.lettering import Paper
from billing.papers.parties import FOR_CLIENTS, Client, Keys, Known, Organization
from billing.papers.statement import ClientAccount, Entry
from billing.pricing import ZERO
from billing.store import LedgerEntry, LedgerTransaction, Record
from billing.terms_store import PayerRow

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


async def superbill_of(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Paper:
    """Write the superbill of a session that took place and is billed."""
    dossier = await dossiers.find_dossier(db, record_id, zone)
    refuse_voided(dossier)
    if dossier.kind is not RecordKind.SESSION:
        detail = "A superbill is for services that took place; this is a charge for a session that did not. Print a statement or a receipt."
        raise refused("no-service-rendered", detail, kind=dossier.kind)
    return superbill.superbill(dossier, dossiers.parties_for_insurers(dossier))


async def receipt_of(db: ReadSession, record_id: RecordId, transaction_id: UUID, zone: ZoneInfo) -> Paper:
    """Write the receipt of a payment or a refund; also where the record was taken back later, for the money did move."""
    dossier = await dossiers.find_dossier(db, record_id, zone)
    moved = next((each for each in dossier.movements if each.id == transaction_id and _has_receipt(each)), None)
    if moved is None:
        raise not_found("payment", transaction_id)
    organization, client = _for_client(dossier.known, dossier.keys)
    return superbill.receipt(dossier, moved, organization, client)


def _has_receipt(movement: Movement) -> bool:
    """Whether money came in by a payment or went out by a refund; what takes one of them back is named on its receipt."""
    cash = movement.posting.entries.get(Account.CASH, ZERO)
    is_payment = movement.posting.kind is PostingKind.PAYMENT and cash >= 0
    return movement.reverses_id is None and (is_payment or (movement.posting.kind is PostingKind.REFUND and cash < 0))


async def statement_of(db: ReadSession, client_id: ClientId, period: Period) -> Paper:
    """Write a client's statement."""
    _check(period)
    keys = Keys(client_id)
    organization, client = _for_client(await dossiers.find_known(db, keys), keys)
    account = await load_account(db, client_id, period)
    return statement.statement(account, lettering.account(client_id), organization, client)


async def load_account(db: ReadSession, client_id: ClientId, period: Period) -> ClientAccount:
    """Read a client's account off the ledger, as it stood at one moment."""
    begin, end, seen = period.begin(period.since), period.end(period.until), period.end(period.as_of)
    at = LedgerTransaction.posted_at
    within = (at >= begin) & (at < end)
    await _check_length(db, client_id, within)
    detail, afterwards = case((within, LedgerTransaction.id)), at >= end
    summed = (
        select(detail, afterwards, Record.service_date, LedgerEntry.account, func.sum(LedgerEntry.amount))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .join(Record, Record.id == LedgerTransaction.record_id)
        .where(Record.client_id == client_id, at < seen)
        .group_by(detail, afterwards, Record.service_date, LedgerEntry.account)
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
        select(Record.id)
        .join(LedgerTransaction, LedgerTransaction.record_id == Record.id)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(Record.client_id == client_id, LedgerTransaction.posted_at < seen, LedgerEntry.account == Account.UNAPPLIED_CREDIT)
        .group_by(Record.id)
        .having(func.sum(LedgerEntry.amount) < 0)
    )
    histories = await store.histories_of(db, await db.scalars(with_credit))
    known = ([(about, posting) for about, posting in history if about.posted_at < seen] for history in histories.values())
    return sum((ledger.funds(store.by_payer(history)).credit[Payer.CLIENT] for history in known), ZERO)


async def _check_length(db: ReadSession, client_id: ClientId, within: ColumnElement[bool]) -> None:
    some = select(LedgerTransaction.id).join(Record).where(Record.client_id == client_id, within).limit(MOST_ROWS + 1)
    if await db.scalar(select(func.count()).select_from(some.subquery())) > MOST_ROWS:
        detail = f"A statement has at most {MOST_ROWS} postings, and this time has more. Choose a later from, or an earlier to."
        raise refused("statement-too-long", detail, field="from")


async def _entries(db: ReadSession, posted: Mapping[UUID, Entries], zone: ZoneInfo) -> list[Entry]:
    """Say what each posting is about; what is posted never changes."""
    rows = await db.rows(
        select(LedgerTransaction, Record.service_code, Record.service_date, PayerRow.payer_name)
        .join(Record, Record.id == LedgerTransaction.record_id)
        .outerjoin(PayerRow, PayerRow.id == Record.payer_id)
        .where(LedgerTransaction.id.in_(posted))
        .order_by(LedgerTransaction.posted_at, LedgerTransaction.id)
    )
    names = await dossiers.names_of(db, {code for _, code, _, _ in rows})
    return [
        Entry(
            movement=dossiers.movement(about, Posting(about.kind, posted[about.id]), zone),
            service_code=code,
            service_name=names.get(code, code),
            service_date=day,
            payer_name=payer,
        )
        for about, code, day, payer in rows
    ]


def refuse_voided(dossier: Dossier) -> None:
    """Refuse a paper about a record that was taken back: nobody may claim by it; name the record in its place."""
    if dossier.status is PaymentStatus.VOIDED:
        instead = f"It is replaced by record {dossier.replaced_by}." if dossier.replaced_by else "No record replaces it."
        raise conflict("record-voided", f"This record is voided and cannot be claimed. {instead}", replaced_by=dossier.replaced_by)


def _check(period: Period) -> None:
    wrong = []
    if period.until < period.since:
        wrong.append(FieldError(field="to", code="ends-before-it-begins", message="to must not lie before from"))
    if period.as_of < period.until:
        wrong.append(FieldError(field="as_of", code="as-of-before-end", message="as_of must not lie before to"))
    if wrong:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-period", "; ".join(each.message for each in wrong), wrong)


def _for_client(known: Known, keys: Keys) -> tuple[Organization, Client]:
    match known:
        case Known(organization=Organization() as organization, client=Client() as client):
            return organization, client
        case _:
            raise dossiers.incomplete(paper_parties.lacks(known, keys, FOR_CLIENTS))
