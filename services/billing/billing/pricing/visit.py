"""How a visit becomes a price and a bill; decided from plain values.

``price`` is the one function behind the preview and the record.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from contracts.catalog import EffectiveRate, Kind, ServiceChanged
from contracts.types import Code, ServiceId

from billing.pricing import amounts, flags
from billing.pricing.amounts import NOTHING_ELSE, ZERO, Band, Component, Further, Line, Quote
from billing.pricing.terms import NOTHING, Terms

MINUTE: Final = timedelta(minutes=1)

FAMILY_WITH_CLIENT: Final = "90847"

FAMILY_WITHOUT_CLIENT: Final = "90846"
"""Codes of CPT for a family session with and without the patient."""

MOST_SUGGESTIONS: Final = 5

LIKE_ENOUGH: Final = 0.4


@dataclass(frozen=True, slots=True)
class Book:
    """The services that billing has received, as catalog published them."""

    services: tuple[ServiceChanged, ...] = ()

    def find(self, service_id: ServiceId) -> ServiceChanged | None:
        """Return the service with this id."""
        return next((service for service in self.services if service.id == service_id), None)

    def find_code(self, code: Code) -> ServiceChanged | None:
        """Return the service with this code."""
        return next((service for service in self.services if service.service_code == code), None)

    def fee(self, code: Code, day: date) -> Decimal | None:
        """Return the rate of an active service, such as a no-show fee, on a day; None where there is none."""
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
        """Return at most five active codes that are spelled like this one, the most alike first."""
        return get_close_matches(code, [one.service_code for one in self.services if one.is_active], MOST_SUGGESTIONS, LIKE_ENOUGH)


@dataclass(frozen=True, slots=True)
class Item:
    """One service within a visit."""

    code: Code
    service: ServiceChanged | None
    """None while billing has not received it."""
    rate: Decimal
    units: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is done on one occasion on one day, planned or done."""

    items: tuple[Item, ...]
    """The first is what is booked, the others are add-ons."""
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


def rate_on(rates: Iterable[EffectiveRate], day: date) -> EffectiveRate | None:
    """Return the rate in force on a day, the one that began last; None where there is none."""
    in_force = (rate for rate in rates if rate.effective_from <= day <= (rate.effective_to or day))
    return max(in_force, key=lambda rate: rate.effective_from, default=None)


def price(visit: Visit, book: Book, same_day: Mapping[Code, int] = NOTHING_ELSE) -> Quote:
    """Return the price of a visit by the services of the book, with flags about its codes, minutes and coverage.

    ``same_day`` are the units by code that the client has elsewhere on that day. A plan out of network leaves everything to the client.
    """
    terms = visit.terms
    away = terms.coverage is not None and terms.plan is None
    insured = visit.insured and not away
    lines = [_line(item, visit, book) for item in visit.items]
    off = _discount(lines, terms, acting=insured and terms.plan is not None)
    priced = amounts.quote(lines, insured=insured, plan=terms.plan, discount=off, same_day=same_day, whose_is_known=terms.whose_is_known)
    return replace(priced, flags=(*priced.flags, *_visit_flags(visit, book), *_coverage_flags(terms, priced)))


def _discount(lines: Iterable[Line], terms: Terms, *, acting: bool) -> Decimal:
    """Return what the client's discount takes off the lines in which no plan takes part."""
    if terms.discount is None:
        return ZERO
    open_lines = (line for line in lines if not (acting and line.insurable))
    off = (amounts.to_cents(line.rate * line.units * terms.discount.percent / amounts.HUNDRED) for line in open_lines)
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
    right = amounts.band(visit.minutes, book.bands(booked))
    service = book.find_code(right.code) if right and right.code != booked.service_code else None
    rate = rate_on(service.rates, visit.day) if service else None
    return (service, rate) if service and service.is_active and rate else None


def _minutes_flag(visit: Visit, booked: ServiceChanged, minutes: int, book: Book) -> flags.Flag | None:
    further = _further(visit, booked)
    return amounts.check_minutes(booked.service_code, minutes, book.bands(booked), booked.standard_duration, further)


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
