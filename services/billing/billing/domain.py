"""How a visit becomes a price and a bill; decided from plain values.

``price`` is the one function behind the preview and the record.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from contracts.catalog import EffectiveRate, Kind, ServiceChanged
from contracts.scheduling import SessionCancelled, SessionCompleted, SessionNoShow
from contracts.types import ClientId, Code, RecordId, ServiceId, SessionId, SiteId, TherapistId

from billing import flags, ledger, pricing
from billing.coverage import NOTHING, Coverage, Policies, Terms, Used
from billing.ledger import Posting, Standing
from billing.pricing import NOTHING_ELSE, ZERO, Band, Component, Line, PricedLine, Quote

MINUTE: Final = timedelta(minutes=1)
LATE_FEE: Final = "LATECXL"
NO_SHOW_FEE: Final = "NOSHOW"
"""Codes of the catalog for what a client owes who did not come; without them nothing is charged."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One service on one day, planned or done."""

    code: Code
    service: ServiceChanged | None
    """None while billing has not heard of it."""
    day: date
    rate: Decimal
    units: int = 1
    insured: bool
    minutes: int | None = None
    """As documented; None before the visit."""
    terms: Terms = NOTHING
    """What the client's coverage and discount make of it."""


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
    telehealth: bool = False
    therapist_credential: str | None = None
    revision: int = 1
    replaces_id: RecordId | None = None
    """The record that was taken back for this one."""


def rate_on(rates: Iterable[EffectiveRate], day: date) -> EffectiveRate | None:
    """Return the rate in force on a day, the one that began last."""
    in_force = (rate for rate in rates if rate.effective_from <= day <= (rate.effective_to or day))
    return max(in_force, key=lambda rate: rate.effective_from, default=None)


def price(visit: Visit, book: Book, same_day: Mapping[Code, int] = NOTHING_ELSE) -> Quote:
    """Price a visit by what the book says of its code; ``same_day`` are the units the client has on that day besides."""
    terms = visit.terms
    away = terms.coverage is not None and terms.plan is None
    off = pricing.to_cents(visit.rate * visit.units * terms.discount.percent / pricing.HUNDRED) if terms.discount else ZERO
    insured = visit.insured and not away
    priced = pricing.quote([_line(visit, book)], insured=insured, plan=terms.plan, discount=off, same_day=same_day)
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
            day[session.service_code] += 1
            if made.coverage is not None and made.quote.covered:
                used[made.coverage.id] = used.get(made.coverage.id, Used()) + taken_by(made.quote)
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
    visit = Visit(code=fee.service_code, service=fee, day=day, rate=rate.amount, insured=False)
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
    return Bill(id=record_id, kind=kind, session=about, billing_date=today, minutes=0, quote=quote, charge=charge,
                standing=ledger.read([charge]))  # fmt: skip


def _bill(
    session: SessionCompleted, record_id: RecordId, today: date, book: Book, policies: Policies, same_day: Mapping[Code, int]
) -> Bill:
    minutes = (session.actual_end - session.actual_start) // MINUTE
    visit = Visit(
        code=session.service_code,
        service=book.find(session.service_id),
        day=session.service_date,
        rate=session.rate_per_unit,
        insured=session.insurance_applicable,
        minutes=minutes,
        terms=policies.terms(
            session.client_id,
            session.service_code,
            session.service_date,
            session.therapist_credential,
            insured=session.insurance_applicable,
        ),
    )
    quote = price(visit, book, same_day)
    charge = ledger.charge(quote)
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
    return Bill(
        id=record_id,
        kind=RecordKind.SESSION,
        session=about,
        billing_date=today,
        minutes=minutes,
        quote=quote,
        charge=charge,
        standing=ledger.read([charge]),
        coverage=visit.terms.coverage,
        telehealth=session.telehealth,
        therapist_credential=session.therapist_credential,
    )


def _line(visit: Visit, book: Book) -> Line:
    service = visit.service
    if service is None:
        kind = Kind.COMPOSITE if "+" in visit.code else Kind.BASE
        return Line(code=visit.code, rate=visit.rate, units=visit.units, contract_fee=visit.terms.contract_fee, kind=kind)
    return Line(
        code=visit.code,
        rate=visit.rate,
        units=visit.units,
        contract_fee=visit.terms.contract_fee,
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
    if visit.service is None:
        yield flags.service_unknown(visit.code)
    elif visit.minutes is not None:
        mismatch = pricing.check_minutes(visit.code, visit.minutes, book.bands(visit.service))
        if mismatch is not None:
            yield mismatch
