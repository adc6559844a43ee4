"""What the record that takes another's place would be: priced by the same functions, before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chassis.data.database import ReadSession
from chassis.errors import Invalid
from chassis.rows.changes import require
from contracts.billing import PaymentStatus
from contracts.catalog import ServiceChanged
from contracts.scheduling import ClientLocation, Modality
from contracts.types import Code, RecordId, new_id

from billing.corrections.schemas import Correction, ReplacementPreview
from billing.coverages import queries as coverages_queries
from billing.ledger import bill as ledger_bill
from billing.ledger import grants, settlement
from billing.ledger import postings as ledger_postings
from billing.ledger.bill import Bill, Billed, RecordKind
from billing.ledger.grants import Grant
from billing.ledger.postings import Account, LedgerTransaction, Payer, Posting, PostingKind
from billing.pricing import flags
from billing.pricing import visit as pricing_visit
from billing.pricing.amounts import ZERO, Quote
from billing.pricing.flags import Flag, FlagCode
from billing.pricing.modality import is_telehealth
from billing.pricing.visit import Book, Item, Visit
from billing.quotes.schemas import FlagView, LineView, NewAddOn
from billing.records import queries as records_queries
from billing.records.history import History, record_voided, refunded_beyond
from billing.replicas import queries as replicas_queries

if TYPE_CHECKING:
    from billing.records.tables import RecordRow

OWED: Final = frozenset(ledger_postings.RECEIVABLE.values())

DECIDED: Final = frozenset({PostingKind.ADJUSTMENT, PostingKind.TRANSFER})
"""What of an insurer's answer decides who bears what."""

GRANTED: Final = {PostingKind.ADJUSTMENT: "adjustment", PostingKind.WRITE_OFF: "write-off"}


@dataclass(frozen=True, slots=True)
class Corrected:
    """The bill that takes the place of a record's, and what people gave off on that record, each with what of it is given off again."""

    bill: Bill
    given: Sequence[tuple[Grant, Posting | None]]


async def preview_replacement(db: ReadSession, record_id: RecordId, body: Correction, today: date) -> ReplacementPreview:
    """Return what the record in the place of this one would be; nothing is written.

    NotFound, Conflict where it is voided or more was refunded than came in, Invalid where it cannot be replaced so.
    """
    [found] = await records_queries.find_records(db, [record_id]) or [None]
    old = require(found, "record", record_id)
    if old.payment_status is PaymentStatus.VOIDED:
        raise record_voided()
    history = await records_queries.history_of(db, record_id)
    if beyond := settlement.refunded_beyond(posting for _, posting in history):
        raise refunded_beyond(beyond)
    bill = (await correct(db, old, history, body, today)).bill
    return ReplacementPreview(
        service_code=bill.session.service_code,
        rate_per_unit=bill.session.rate_per_unit,
        total_amount=bill.quote.charge,
        contractual_adjustment=bill.quote.contractual_adjustment,
        other_adjustment=bill.quote.other_adjustment,
        patient_amount=bill.quote.patient,
        insurance_amount=bill.quote.insurer,
        flags=[FlagView.model_validate(flag) for flag in bill.quote.flags],
    )


async def correct(db: ReadSession, old: "RecordRow", history: History, body: Correction, today: date, *, alone: bool = False) -> Corrected:
    """Price the session of a record anew, as if that record had never been; ``alone``, nobody else uses up the client's coverages.

    Invalid where it cannot be replaced so.
    """
    if old.kind is not RecordKind.SESSION:
        raise Invalid("not-a-session", "Only the record of a session is replaced. Void this one, or take something off it.")
    modality, location = _how_they_met(old, body)
    lines = await records_queries.lines_of(db, old.id)
    book = await _book_of(old, lines, body, db)
    service = _service(book, body.service_code or old.service_code)
    items = (_booked(service, old, body), *_add_ons(book, old, lines, body.add_ons))
    codes = [item.code for item in items]
    insured = old.insurance_applicable if body.insurance_applicable is None else body.insurance_applicable
    policies = await coverages_queries.policies_of(db, [old.client_id], codes, alone=alone, without=old.id)
    day = (old.client_id, old.service_date)
    same_day = (await records_queries.days_of(db, [day], without=old.id)).get(day, pricing_visit.NOTHING_ELSE)
    visit = Visit(
        items=items,
        day=old.service_date,
        insured=insured,
        minutes=old.minutes if body.minutes is None else body.minutes,
        terms=policies.terms(old.client_id, codes, old.service_date, old.therapist_credential, insured=insured),
    )
    about = _about(old, service, items[0], insured=insured)
    bill = ledger_bill.charged(RecordId(new_id()), about, visit, book, today, same_day)
    bill = replace(
        bill,
        billed_per=old.billed_per,
        modality=modality,
        client_location=location,
        therapist_credential=old.therapist_credential,
        revision=old.revision + 1,
        replaces_id=old.id,
        session_version=old.session_version,
        diagnoses=tuple(old.diagnoses),
    )
    given = grants.grant_again(_grants(history), bill.standing)
    bill = ledger_bill.flagged(bill, [*_absent(old, service.service_code), *_not_kept(given), *_decided(old, history, bill.quote)])
    return Corrected(bill, given)


def _absent(old: "RecordRow", code: Code) -> Sequence[Flag]:
    """Carry over that the client did not attend, which only the completion states."""
    return ledger_bill.client_absent(code) if any(flag["code"] == FlagCode.PATIENT_ABSENT for flag in old.flags) else ()


def _grants(history: Sequence[tuple[LedgerTransaction, Posting]]) -> list[Grant]:
    """Return what people gave off or gave up on a record and did not take back; what answers of the insurer did to it has a reference."""
    back = {about.reverses_id for about, _ in history}
    manual = [(about, posting) for about, posting in history if about.id not in back and about.reference is None]
    found = [grants.granted(posting, about.payer, about.reason) for about, posting in manual]
    return [grant for grant in found if grant is not None]


def _not_kept(given: Sequence[tuple[Grant, Posting | None]]) -> Iterator[Flag]:
    for grant, posting in given:
        kept = -sum((amount for account, amount in posting.entries.items() if account in OWED), ZERO) if posting else ZERO
        if kept < grant.amount:
            yield flags.grant_reduced(GRANTED[grant.kind], grant.reason, grant.amount, kept)


def _decided(old: "RecordRow", history: Sequence[tuple[LedgerTransaction, Posting]], quote: Quote) -> Iterator[Flag]:
    """Yield a flag that the insurer's answer is not kept, where it had moved something between contract, client and insurer."""
    answered = [posting for about, posting in history if about.payer is Payer.INSURER and posting.kind in DECIDED]
    at = settlement.balances(answered)
    to_client, off = at.get(Account.PATIENT_AR, ZERO), at.get(Account.CONTRACTUAL_ADJ, ZERO)
    if to_client or off:
        client, insurer = old.patient_amount + to_client, old.insurance_amount - to_client - off
        yield flags.decision_not_kept(client, insurer, quote.patient, quote.insurer)


def _how_they_met(old: "RecordRow", body: Correction) -> tuple[Modality, ClientLocation | None]:
    """Return the modality and where the client was: as corrected, otherwise as they were."""
    modality = body.modality or old.modality
    if body.modality is None and body.telehealth is not None and body.telehealth != is_telehealth(old.modality):
        modality = Modality.VIDEO if body.telehealth else Modality.IN_PERSON
    if is_telehealth(modality):
        return modality, body.client_location or old.client_location
    if body.client_location is not None:
        detail = "The client's location belongs to a session by video or audio. Leave it out, or give the modality as video or audio."
        raise Invalid("location-in-person", detail, field="client_location")
    return modality, None


async def _book_of(old: "RecordRow", lines: Sequence[LineView], body: Correction, db: ReadSession) -> Book:
    codes = {old.service_code, body.service_code or old.service_code, *(line.service_code for line in lines)}
    return await replicas_queries.book_of(db, ids=[old.service_id], codes=codes | {add_on.service_code for add_on in body.add_ons or ()})


def _service(book: Book, code: Code) -> ServiceChanged:
    service = book.find_code(code)
    if service is None:
        raise Invalid("service-unknown", f"There is no service with the code {code}.", field="service_code")
    return service


def _booked(service: ServiceChanged, old: "RecordRow", body: Correction) -> Item:
    promised = old.rate_per_unit if service.service_code == old.service_code else _rate(service, old.service_date)
    return Item(service.service_code, service, promised if body.rate_per_unit is None else body.rate_per_unit)


def _add_ons(book: Book, old: "RecordRow", lines: Sequence[LineView], wanted: Sequence[NewAddOn] | None) -> list[Item]:
    """Return the add-ons: as they were, at the rates of then, or as the request states them."""
    rates = {line.service_code: line.rate_per_unit for line in lines}
    if wanted is None:
        booked = book.find(old.service_id)
        parts = max(len(booked.components), 1) if booked else 1
        return [Item(line.service_code, book.find_code(line.service_code), line.rate_per_unit, line.units) for line in lines[parts:]]
    services = [(_service(book, add_on.service_code), add_on.units) for add_on in wanted]
    return [
        Item(service.service_code, service, rates.get(service.service_code) or _rate(service, old.service_date), units)
        for service, units in services
    ]


def _rate(service: ServiceChanged, day: date) -> Decimal:
    rate = pricing_visit.rate_on(service.rates, day)
    if rate is None:
        raise Invalid("no-rate-on-date", f"{service.service_code} has no rate on {day}. Set rate_per_unit.", field="rate_per_unit")
    return rate.amount


def _about(old: "RecordRow", service: ServiceChanged, booked: Item, *, insured: bool) -> Billed:
    return Billed(
        session_id=old.session_id,
        client_id=old.client_id,
        therapist_id=old.therapist_id,
        site_id=old.site_id,
        service_id=service.id,
        service_code=service.service_code,
        rate_per_unit=booked.rate,
        insurance_applicable=insured,
        service_date=old.service_date,
    )
