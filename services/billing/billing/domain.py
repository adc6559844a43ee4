"""How a visit becomes a price and a bill; decided from plain values.

``price`` is the one function behind the preview and the record.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from contracts.catalog import EffectiveRate, Kind, ServiceChanged
from contracts.scheduling import SessionCompleted
from contracts.types import ClientId, Code, RecordId, ServiceId, SessionId

from billing import flags, ledger, pricing
from billing.ledger import Posting, Standing
from billing.pricing import NOTHING_ELSE, Band, Component, Line, PricedLine, Quote

MINUTE: Final = timedelta(minutes=1)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A completed session, priced and charged."""

    id: RecordId
    session: SessionCompleted
    billing_date: date
    minutes: int
    quote: Quote
    charge: Posting
    standing: Standing


def rate_on(rates: Iterable[EffectiveRate], day: date) -> EffectiveRate | None:
    """Return the rate in force on a day, the one that began last."""
    in_force = (rate for rate in rates if rate.effective_from <= day <= (rate.effective_to or day))
    return max(in_force, key=lambda rate: rate.effective_from, default=None)


def price(visit: Visit, book: Book, same_day: Mapping[Code, int] = NOTHING_ELSE) -> Quote:
    """Price a visit by what the book says of its code; ``same_day`` are the units the client has on that day besides."""
    priced = pricing.quote([_line(visit, book)], insured=visit.insured, same_day=same_day)
    return replace(priced, flags=(*priced.flags, *_visit_flags(visit, book)))


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


def bill(sessions: Iterable[SessionCompleted], today: date, book: Book, days: Days, new_id: Callable[[], RecordId]) -> list[Bill]:
    """Price and charge each session once, however often it is told; a client's day fills up in the order of arrival."""
    units = {key: Counter(codes) for key, codes in days.items()}
    bills: dict[tuple[SessionId, ClientId], Bill] = {}
    for session in sessions:
        key = (session.session_id, session.client_id)
        if key not in bills:
            day = units.setdefault((session.client_id, session.service_date), Counter())
            bills[key] = _bill(session, new_id(), today, book, day)
            day[session.service_code] += 1
    return list(bills.values())


def _bill(session: SessionCompleted, record_id: RecordId, today: date, book: Book, same_day: Mapping[Code, int]) -> Bill:
    minutes = (session.actual_end - session.actual_start) // MINUTE
    visit = Visit(
        code=session.service_code,
        service=book.find(session.service_id),
        day=session.service_date,
        rate=session.rate_per_unit,
        insured=session.insurance_applicable,
        minutes=minutes,
    )
    quote = price(visit, book, same_day)
    charge = ledger.charge(quote)
    return Bill(
        id=record_id, session=session, billing_date=today, minutes=minutes, quote=quote, charge=charge, standing=ledger.read([charge])
    )


def _line(visit: Visit, book: Book) -> Line:
    service = visit.service
    if service is None:
        kind = Kind.COMPOSITE if "+" in visit.code else Kind.BASE
        return Line(code=visit.code, rate=visit.rate, units=visit.units, kind=kind)
    return Line(
        code=visit.code,
        rate=visit.rate,
        units=visit.units,
        kind=service.kind,
        claimable=service.claimable,
        components=tuple(book.component(code, visit.day) for code in service.components),
        requires_primary=service.requires_primary,
        excludes_same_day=service.excludes_same_day,
        max_units_per_day=service.max_units_per_day,
    )


def _visit_flags(visit: Visit, book: Book) -> Iterator[flags.Flag]:
    if visit.service is None:
        yield flags.service_unknown(visit.code)
    elif visit.minutes is not None:
        mismatch = pricing.check_minutes(visit.code, visit.minutes, book.bands(visit.service))
        if mismatch is not None:
            yield mismatch
