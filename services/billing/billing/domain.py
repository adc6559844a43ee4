"""How a visit becomes a price and a bill; decided from plain values.

``price`` is the one function behind the preview and the record.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from contracts.catalog import BilledPer, EffectiveRate, Kind, ServiceChanged
from contracts.scheduling import ClientLocation, Modality, SessionCancelled, SessionCompleted, SessionFact, SessionNoShow
from contracts.types import ClientId, Code, RecordId, ServiceId, SessionId, SiteId, TherapistId

from billing import flags, ledger, pricing
from billing.coverage import NOTHING, Coverage, Policies, Terms, Used, benefit_year
from billing.ledger import Posting, Standing
from billing.modality import modality_of
from billing.pricing import NOTHING_ELSE, ZERO, Band, Component, Further, Line, PricedLine, Quote

MINUTE: Final = timedelta(minutes=1)
LATE_FEE: Final = "LATECXL"
NO_SHOW_FEE: Final = "NOSHOW"
"""Codes of the catalog for what a client owes who did not come; without them nothing is charged."""
FAMILY_WITH_CLIENT: Final = "90847"
FAMILY_WITHOUT_CLIENT: Final = "90846"
"""Codes of CPT for a family session with and without the patient."""
MOST_SUGGESTIONS: Final = 5
LIKE_ENOUGH: Final = 0.4

Days = Mapping[tuple[ClientId, date], Mapping[Code, int]]
"""The units that each client has had on each day."""


@dataclass(frozen=True, slots=True)
class Book:
    """The services that billing has heard of, as catalog said them."""

    services: tuple[ServiceChanged, ...] = ()

    def find(self, service_id: ServiceId) -> ServiceChanged | None:
        """Return the service with this id."""
        return next((service for service in self.services if service.id == service_id), None)

    def find_code(self, code: Code) -> ServiceChanged | None:
        """Return the service with this code."""
        return next((service for service in self.services if service.service_code == code), None)

    def fee(self, code: Code, day: date) -> Decimal | None:
        """Return what an active fee of the catalog comes to on a day."""
        service = self.find_code(code)
        rate = rate_on(service.rates, day) if service and service.is_active else None
        return rate.amount if rate else None

    def component(self, code: Code, day: date) -> Component:
        """Return a code with its own rate on a day, as far as they are known."""
        service = self.find_code(code)
        rate = rate_on(service.rates, day) if service else None
        return Component(code, rate.amount if rate else None)

    def bands(self, service: ServiceChanged) -> list[Band]:
        """Return the time bands of the service's family: the same category and kind."""
        family = (one for one in self.services if (one.billing_category, one.kind) == (service.billing_category, service.kind))
        return [Band(one.service_code, one.min_minutes, one.max_minutes) for one in family if one.min_minutes is not None]

    def codes_like(self, code: Code) -> list[Code]:
        """Return active codes that may have been meant."""
        return get_close_matches(code, [one.service_code for one in self.services if one.is_active], MOST_SUGGESTIONS, LIKE_ENOUGH)


@dataclass(frozen=True, slots=True)
class Item:
    """One service within a visit."""

    code: Code
    service: ServiceChanged | None
    """None while billing has not heard of it."""
    rate: Decimal
    units: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is done on one occasion on one day, planned or done."""

    items: tuple[Item, ...]
    """The first is what is booked, the others are done besides."""
    day: date
    insured: bool
    minutes: int | None = None
    """As documented; None before the visit."""
    terms: Terms = NOTHING
    """What the client's coverage and discount make of it."""

    @property
    def booked(self) -> Item:
        """Return the service that the visit is for."""
        return self.items[0]


def billed_clients(fact: SessionFact, service: ServiceChanged | None) -> Sequence[ClientId]:
    """Return whose records a session makes: the client for whom it is booked where the service is billed once, else all who attended."""
    if service is not None and service.billed_per is BilledPer.SESSION:
        return ((fact.primary_client_id if isinstance(fact, SessionCompleted) else None) or fact.client_id,)
    return fact.client_ids or (fact.client_id,)


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


def rate_on(rates: Iterable[EffectiveRate], day: date) -> EffectiveRate | None:
    """Return the rate in force on a day, the one that began last."""
    in_force = (rate for rate in rates if rate.effective_from <= day <= (rate.effective_to or day))
    return max(in_force, key=lambda rate: rate.effective_from, default=None)


def price(visit: Visit, book: Book, same_day: Mapping[Code, int] = NOTHING_ELSE) -> Quote:
    """Price a visit by what the book says of its code; ``same_day`` are the units the client has on that day besides."""
    terms = visit.terms
    away = terms.coverage is not None and terms.plan is None
    insured = visit.insured and not away
    lines = [_line(item, visit, book) for item in visit.items]
    off = _discount(lines, terms, acting=insured and terms.plan is not None)
    priced = pricing.quote(lines, insured=insured, plan=terms.plan, discount=off, same_day=same_day, whose_is_known=terms.whose_is_known)
    return replace(priced, flags=(*priced.flags, *_visit_flags(visit, book), *_coverage_flags(terms, priced)))


def amounts(priced: Quote | PricedLine) -> dict[str, Decimal]:
    """Name who owes what as records, their lines and previews name it."""
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
    """Price and charge each session once, however often it is told; days and plans fill up in the order of arrival."""
    units = {key: Counter(codes) for key, codes in days.items()}
    used = dict(policies.used)
    bills: dict[tuple[SessionId, ClientId], Bill] = {}
    for session in sessions:
        key = (session.session_id, session.client_id)
        if key not in bills:
            day = units.setdefault((session.client_id, session.service_date), Counter())
            bills[key] = made = _bill(session, new_id(), today, book, replace(policies, used=used), day)
            day.update(codes_of(made.quote))
            if made.coverage is not None and made.quote.covered:
                year = (made.coverage.id, benefit_year(session.service_date))
                used[year] = used.get(year, Used()) + taken_by(made.quote)
    return list(bills.values())


def taken_by(quote: Quote) -> Used:
    """Return what a visit takes from the client's plan."""
    return Used(quote.deductible, quote.deductible + quote.copay + quote.coinsurance, 1)


def missed(
    fact: SessionCancelled | SessionNoShow, client_id: ClientId, day: date, today: date, fee: ServiceChanged, record_id: RecordId
) -> Bill | None:
    """Charge a client for a session that they missed or cancelled too late; never insured. None where the fee has no rate that day."""
    rate = rate_on(fee.rates, day)
    if rate is None:
        return None
    visit = Visit(items=(Item(fee.service_code, fee, rate.amount),), day=day, insured=False)
    quote = price(visit, Book((fee,)))
    charge = ledger.charge(quote)
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
        standing=ledger.read([charge]),
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
    """Price a visit that took place, and charge it."""
    quote = price(visit, book, same_day)
    charge = ledger.charge(quote)
    return Bill(
        id=record_id,
        kind=RecordKind.SESSION,
        session=about,
        billing_date=today,
        minutes=visit.minutes or 0,
        quote=quote,
        charge=charge,
        standing=ledger.read([charge]),
        coverage=visit.terms.coverage,
        discount_reason=visit.terms.discount.reason if visit.terms.discount and quote.other_adjustment else None,
    )


def client_absent(code: Code) -> Sequence[flags.Flag]:
    """Say of a session billed once that the client for whom it is booked did not attend it; nothing of a code that means that."""
    if code == FAMILY_WITHOUT_CLIENT:
        return ()
    return (flags.patient_absent(code, FAMILY_WITHOUT_CLIENT if code == FAMILY_WITH_CLIENT else None),)


def flagged(bill: Bill, found: Iterable[flags.Flag]) -> Bill:
    """Return a bill with further flags."""
    return replace(bill, quote=replace(bill.quote, flags=(*bill.quote.flags, *found)))


def codes_of(quote: Quote) -> Counter[Code]:
    """Count the units of each code."""
    units = Counter[Code]()
    for line in quote.lines:
        units[line.code] += line.units
    return units


def _discount(lines: Iterable[Line], terms: Terms, *, acting: bool) -> Decimal:
    """Return what the client's discount takes off the lines in which no plan takes part."""
    if terms.discount is None:
        return ZERO
    open_lines = (line for line in lines if not (acting and line.insurable))
    off = (pricing.to_cents(line.rate * line.units * terms.discount.percent / pricing.HUNDRED) for line in open_lines)
    return sum(off, ZERO)


def _line(item: Item, visit: Visit, book: Book) -> Line:
    service, fee = item.service, visit.terms.contract_fees.get(item.code)
    if service is None:
        kind = Kind.COMPOSITE if "+" in item.code else Kind.BASE
        return Line(code=item.code, rate=item.rate, units=item.units, contract_fee=fee, kind=kind)
    return Line(
        code=item.code,
        rate=item.rate,
        units=item.units,
        contract_fee=fee,
        kind=service.kind,
        claimable=service.claimable,
        components=tuple(book.component(code, visit.day) for code in service.components),
        requires_primary=service.requires_primary,
        excludes_same_day=service.excludes_same_day,
        max_units_per_day=service.max_units_per_day,
    )


def _coverage_flags(terms: Terms, priced: Quote) -> Iterator[flags.Flag]:
    coverage = terms.coverage
    if coverage is None:
        return
    if terms.plan is None:
        yield flags.out_of_network(coverage.payer_name)
    elif priced.covered and terms.visits_left is not None and terms.visits_left <= 0:
        yield flags.authorization_required(coverage.payer_name, coverage.visits_authorized or 0)


def _visit_flags(visit: Visit, book: Book) -> Iterator[flags.Flag]:
    for item in visit.items:
        if item.service is None:
            yield flags.service_unknown(item.code)
    booked = visit.booked
    if booked.service is not None and visit.minutes is not None:
        mismatch = _minutes_flag(visit, booked.service, visit.minutes, book)
        if mismatch is not None:
            yield mismatch


def fitting_service(visit: Visit, book: Book) -> tuple[ServiceChanged, EffectiveRate] | None:
    """Return the active service of the booked one's family that the documented minutes fit, with its rate of the day.

    None where they fit the booked one, and where no code covers them.
    """
    booked = visit.booked.service
    if booked is None or visit.minutes is None:
        return None
    if _minutes_flag(visit, booked, visit.minutes, book) is None:
        return None
    right = pricing.band(visit.minutes, book.bands(booked))
    service = book.find_code(right.code) if right and right.code != booked.service_code else None
    rate = rate_on(service.rates, visit.day) if service else None
    return (service, rate) if service and service.is_active and rate else None


def _minutes_flag(visit: Visit, booked: ServiceChanged, minutes: int, book: Book) -> flags.Flag | None:
    further = _further(visit, booked)
    return pricing.check_minutes(booked.service_code, minutes, book.bands(booked), booked.standard_duration, further)


def _further(visit: Visit, booked: ServiceChanged) -> Further | None:
    """Return what is billed for the time after the booked service: an add-on of its family that needs it and takes time."""
    found = [
        (item.service, item.units)
        for item in visit.items[1:]
        if item.service
        and booked.service_code in item.service.requires_primary
        and item.service.billing_category == booked.billing_category
        and item.service.standard_duration
    ]
    if not found:
        return None
    service = found[0][0]
    units = sum(units for each, units in found if each.id == service.id)
    return Further(service.service_code, units, service.standard_duration, least=service.min_minutes or 1)
