"""How a visit becomes a bill, decided from plain values; amounts are Decimal, in dollars and cents, days those of the network."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from contracts.catalog import BilledPer, ServiceChanged
from contracts.open_words import is_known
from contracts.scheduling import ClientLocation, Modality, SessionCancelled, SessionCompleted, SessionFact, SessionNoShow
from contracts.types import ClientId, Code, RecordId, ServiceId, SessionId, SiteId, TherapistId

from billing.ledger import postings, settlement
from billing.ledger.postings import Posting, Standing
from billing.pricing import flags
from billing.pricing.amounts import NOTHING_ELSE, PricedLine, Quote
from billing.pricing.modality import modality_of
from billing.pricing.terms import BenefitYear, Coverage, Policies, Used, benefit_year
from billing.pricing.visit import FAMILY_WITH_CLIENT, FAMILY_WITHOUT_CLIENT, MINUTE, Book, Item, Visit, price, rate_on

LATE_FEE: Final = "LATECXL"

NO_SHOW_FEE: Final = "NOSHOW"
"""Codes of the catalog for what a client owes who did not come; without them nothing is charged."""

Days = Mapping[tuple[ClientId, date], Mapping[Code, int]]
"""The units that each client has had on each day."""


def billed_clients(fact: SessionFact, service: ServiceChanged | None) -> Sequence[ClientId]:
    """Return whose records a session makes: the client for whom it is booked where the service is billed once, else all who attended."""
    if service is not None and service.billed_per is BilledPer.SESSION:
        return ((fact.primary_client_id if isinstance(fact, SessionCompleted) else None) or fact.client_id,)
    return fact.client_ids or (fact.client_id,)


def unknown_words(session: SessionCompleted, service: ServiceChanged | None) -> list[str]:
    """Return the words that decide how a session is billed and that are unknown here: others than a newer version may write."""
    words = (session.modality, session.client_location, service.billed_per if service else None)
    return [word.value for word in words if word is not None and not is_known(word)]


class RecordKind(StrEnum):
    """What a record charges for."""

    SESSION = "session"
    NO_SHOW = "no_show"
    LATE_CANCELLATION = "late_cancellation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """Whose session is charged for, and as what."""

    session_id: SessionId
    client_id: ClientId
    therapist_id: TherapistId
    site_id: SiteId
    service_id: ServiceId
    service_code: Code
    rate_per_unit: Decimal
    insurance_applicable: bool
    service_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A session, priced and charged."""

    id: RecordId
    kind: RecordKind
    session: Billed
    billing_date: date
    minutes: int
    quote: Quote
    charge: Posting
    standing: Standing
    coverage: Coverage | None = None
    """What the client is covered by on that day."""
    billed_per: BilledPer = BilledPer.CLIENT
    """Whether it is the one record of its session or that of one client."""
    modality: Modality = Modality.IN_PERSON
    client_location: ClientLocation | None = None
    """Where the client was, of a session by video or audio."""
    therapist_credential: str | None = None
    session_version: int | None = None
    """The version of the session of which it is made."""
    revision: int = 1
    replaces_id: RecordId | None = None
    """The record that was taken back for this one."""
    discount_reason: str | None = None
    """Why something was taken off what is owed outside insurance; None where nothing was."""
    diagnoses: tuple[str, ...] = ()
    """ICD-10-CM, the primary one first: those that the client has when the record is made."""


def amounts(priced: Quote | PricedLine) -> dict[str, Decimal]:
    """Return who owes what by the field names of records, their lines and previews."""
    return {
        "allowed_amount": priced.allowed,
        "contractual_adjustment": priced.contractual_adjustment,
        "other_adjustment": priced.other_adjustment,
        "deductible_amount": priced.deductible,
        "copay_amount": priced.copay,
        "coinsurance_amount": priced.coinsurance,
        "patient_amount": priced.patient,
        "insurance_amount": priced.insurer,
    }


def bill(
    sessions: Iterable[SessionCompleted], today: date, book: Book, policies: Policies, days: Days, new_id: Callable[[], RecordId]
) -> list[Bill]:
    """Price and charge each session once, however often it is received; days and plans fill up in the order of arrival."""
    units = {key: Counter(codes) for key, codes in days.items()}
    used = dict(policies.used)
    bills: dict[tuple[SessionId, ClientId], Bill] = {}
    for session in sessions:
        key = (session.session_id, session.client_id)
        if key not in bills:
            day = units.setdefault((session.client_id, session.service_date), Counter())
            bills[key] = made = _bill(session, new_id(), today, book, replace(policies, used=used), day)
            day.update(codes_of(made.quote))
            _take(used, made.coverage, session.service_date, made.quote)
    return list(bills.values())


def price_in_turn(
    visits: Iterable[tuple[date, tuple[Item, ...]]],
    client_id: ClientId | None,
    credential: str | None,
    book: Book,
    policies: Policies,
    days: Days,
    *,
    insured: bool,
) -> list[Quote]:
    """Return the prices of a client's visits, given with their days in the order of time: each uses up what those before it leave.

    That is what is left of the deductible, the maximum and the authorised visits of the client's plan, each within its benefit year.
    """
    used, units = dict(policies.used), dict[date, Counter[Code]]()
    quotes = []
    for day, items in visits:
        terms = replace(policies, used=used).terms(client_id, [item.code for item in items], day, credential, insured=insured)
        same_day = units.setdefault(day, Counter(days.get((client_id, day), NOTHING_ELSE) if client_id else NOTHING_ELSE))
        quotes.append(quote := price(Visit(items=items, day=day, insured=insured, terms=terms), book, same_day))
        same_day.update(codes_of(quote))
        _take(used, terms.coverage, day, quote)
    return quotes


def _take(used: dict[tuple[UUID, BenefitYear], Used], coverage: Coverage | None, day: date, quote: Quote) -> None:
    """Add what a visit takes from the client's plan to what is used of it: deductible, cost sharing and one visit."""
    if coverage is not None and quote.covered:
        year = (coverage.id, benefit_year(day))
        taken = Used(quote.deductible, quote.deductible + quote.copay + quote.coinsurance, 1)
        used[year] = used.get(year, Used()) + taken


def missed(
    fact: SessionCancelled | SessionNoShow, client_id: ClientId, day: date, today: date, fee: ServiceChanged, record_id: RecordId
) -> Bill | None:
    """Return the bill for a session that a client missed or cancelled late; never insured. None where the fee has no rate that day."""
    rate = rate_on(fee.rates, day)
    if rate is None:
        return None
    visit = Visit(items=(Item(fee.service_code, fee, rate.amount),), day=day, insured=False)
    quote = price(visit, Book((fee,)))
    charge = postings.charge(quote)
    kind = RecordKind.NO_SHOW if isinstance(fact, SessionNoShow) else RecordKind.LATE_CANCELLATION
    about = Billed(
        session_id=fact.session_id,
        client_id=client_id,
        therapist_id=fact.therapist_id,
        site_id=fact.site_id,
        service_id=fee.id,
        service_code=fee.service_code,
        rate_per_unit=rate.amount,
        insurance_applicable=False,
        service_date=day,
    )
    return Bill(
        id=record_id,
        kind=kind,
        session=about,
        billing_date=today,
        minutes=0,
        quote=quote,
        charge=charge,
        standing=settlement.read([charge]),
        session_version=fact.version,
    )


def _bill(
    session: SessionCompleted, record_id: RecordId, today: date, book: Book, policies: Policies, same_day: Mapping[Code, int]
) -> Bill:
    minutes = (session.actual_end - session.actual_start) // MINUTE
    items = (
        Item(session.service_code, book.find(session.service_id), session.rate_per_unit),
        *(Item(done.service_code, book.find(done.service_id), done.rate_per_unit, done.units) for done in session.add_ons),
    )
    codes = [item.code for item in items]
    terms = policies.terms(
        session.client_id, codes, session.service_date, session.therapist_credential, insured=session.insurance_applicable
    )
    insured = session.insurance_applicable
    visit = Visit(items=items, day=session.service_date, insured=insured, minutes=minutes, terms=terms)
    about = Billed(
        session_id=session.session_id,
        client_id=session.client_id,
        therapist_id=session.therapist_id,
        site_id=session.site_id,
        service_id=session.service_id,
        service_code=session.service_code,
        rate_per_unit=session.rate_per_unit,
        insurance_applicable=session.insurance_applicable,
        service_date=session.service_date,
    )
    made = charged(record_id, about, visit, book, today, same_day)
    service = visit.booked.service
    if session.client_ids and session.client_id not in session.client_ids:
        made = flagged(made, client_absent(session.service_code))
    return replace(
        made,
        billed_per=BilledPer.CLIENT if service is None else service.billed_per,
        modality=modality_of(session),
        client_location=session.client_location,
        therapist_credential=session.therapist_credential,
        session_version=session.version,
    )


def charged(record_id: RecordId, about: Billed, visit: Visit, book: Book, today: date, same_day: Mapping[Code, int] = NOTHING_ELSE) -> Bill:
    """Return the bill of a visit that took place, priced now; ``same_day`` are the client's units by code elsewhere on that day."""
    quote = price(visit, book, same_day)
    charge = postings.charge(quote)
    return Bill(
        id=record_id,
        kind=RecordKind.SESSION,
        session=about,
        billing_date=today,
        minutes=visit.minutes or 0,
        quote=quote,
        charge=charge,
        standing=settlement.read([charge]),
        coverage=visit.terms.coverage,
        discount_reason=visit.terms.discount.reason if visit.terms.discount and quote.other_adjustment else None,
    )


def client_absent(code: Code) -> Sequence[flags.Flag]:
    """Return for a session billed once that the client for whom it is booked did not attend it; nothing of a code that means that."""
    if code == FAMILY_WITHOUT_CLIENT:
        return ()
    return (flags.patient_absent(code, FAMILY_WITHOUT_CLIENT if code == FAMILY_WITH_CLIENT else None),)


def flagged(bill: Bill, found: Iterable[flags.Flag]) -> Bill:
    """Return a bill with further flags."""
    return replace(bill, quote=replace(bill.quote, flags=(*bill.quote.flags, *found)))


def codes_of(quote: Quote) -> Counter[Code]:
    """Return the units of each code."""
    units = Counter[Code]()
    for line in quote.lines:
        units[line.code] += line.units
    return units
