"""The price before the booking, by the function that will make the record."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from chassis.data.database import ReadSession
from chassis.errors import Invalid, NotFound
from chassis.rows.changes import require
from chassis.runtime.steps import in_steps
from contracts.catalog import EffectiveRate, ServiceChanged
from contracts.types import ClientId, Code

from billing.coverages import queries as coverages_queries
from billing.ledger import bill
from billing.previews.schemas import (
    Assumption,
    CancellationView,
    ClientSeriesPrice,
    FittingView,
    PreviewRequest,
    PreviewView,
    PricedService,
    SeriesPreviewRequest,
    SeriesPreviewView,
    VisitPrice,
    VisitShares,
)
from billing.pricing import flags
from billing.pricing import visit as pricing_visit
from billing.pricing.amounts import NOTHING_ELSE, ZERO, Quote
from billing.pricing.terms import Coverage, Policies, Terms, benefit_year
from billing.pricing.visit import Book, Item, Visit
from billing.quotes.schemas import FlagView
from billing.records import queries as records_queries
from billing.replicas import cancellation
from billing.replicas import queries as replicas_queries

LARGEST_TOTAL: Final = Decimal("9999999999.99")


async def preview(db: ReadSession, wanted: PreviewRequest, today: date) -> PreviewView:
    """Price a visit by the function that will make its record; nothing is written.

    NotFound for an unknown service, Invalid where it has no rate on that day or the units come to too much.
    """
    book, [(service, units), *add_ons] = await _services(db, wanted)
    day = wanted.date or today
    rate = _rate(service, day)
    items = _items([(service, units), *add_ons], day)
    _refuse_too_much(items)
    same_day = NOTHING_ELSE
    if wanted.client_id is not None:
        same_day = (await records_queries.days_of(db, [(wanted.client_id, day)])).get((wanted.client_id, day), NOTHING_ELSE)
    clients = [wanted.client_id] if wanted.client_id else []
    priced = [item.code for item in items]
    policies = await coverages_queries.policies_of(db, clients, priced) if clients else Policies()
    terms = policies.terms(wanted.client_id, priced, day, wanted.therapist_credential, insured=wanted.insurance_applicable)
    visit = Visit(items=items, day=day, insured=wanted.insurance_applicable, minutes=wanted.minutes, terms=terms)
    window = await replicas_queries.window_of(db, service.id)
    late, missed = book.fee(bill.LATE_FEE, day), book.fee(bill.NO_SHOW_FEE, day)
    terms_of_cancelling = CancellationView(
        late_within_minutes=window,
        late_cancellation_fee=late,
        no_show_fee=missed,
        detail=cancellation.as_text(window, late, missed),
    )
    fitting = pricing_visit.fitting_service(visit, book)
    return _view(visit, service, rate, pricing_visit.price(visit, book, same_day), terms_of_cancelling, fitting)


async def preview_series(db: ReadSession, wanted: SeriesPreviewRequest) -> SeriesPreviewView:
    """Price visits on several days one after the other, for each client; nothing is written.

    NotFound for an unknown service, Invalid where it has no rate on one of the days or the units come to too much.
    """
    book, services = await _services(db, wanted)
    dates = sorted(wanted.dates)
    visits = [(day, _items(services, day)) for day in dates]
    _refuse_too_much([item for _, items in visits for item in items])
    codes = [service.service_code for service, _ in services]
    clients = list(dict.fromkeys(wanted.client_ids))
    policies = await coverages_queries.policies_of(db, clients, codes) if clients else Policies()
    days = await records_queries.days_of(db, {(client, day) for client in clients for day in dates})
    insured, credential = wanted.insurance_applicable, wanted.therapist_credential
    items = []
    async for client in in_steps(clients or [None]):
        quotes = bill.price_in_turn(visits, client, credential, book, policies, days, insured=insured)
        items.append(_series_of(client, visits, quotes))
    return SeriesPreviewView(items=items)


def _series_of(client: ClientId | None, visits: Sequence[tuple[date, tuple[Item, ...]]], quotes: Sequence[Quote]) -> ClientSeriesPrice:
    each = [
        VisitPrice(
            service_date=day,
            rate_per_unit=items[0].rate,
            insurance_covered=quote.covered,
            flags=[FlagView.model_validate(flag) for flag in quote.flags],
            **_shares(quote),
        )
        for (day, items), quote in zip(visits, quotes, strict=True)
    ]
    whole = {name: sum((getattr(one, name) for one in each), ZERO) for name in VisitShares.model_fields}
    return ClientSeriesPrice(client_id=client, visits=each, **whole)


def _shares(quote: Quote) -> dict[str, Decimal]:
    stated = {"total_amount": quote.charge, **bill.amounts(quote)}
    return {name: stated[name] for name in VisitShares.model_fields}


async def _services(db: ReadSession, wanted: PricedService) -> tuple[Book, list[tuple[ServiceChanged, int]]]:
    """Return the services that are to be priced with their units, the booked one first, and the book with the fees of not coming."""
    codes = [wanted.service_code or "", *(add_on.service_code for add_on in wanted.add_ons), bill.LATE_FEE, bill.NO_SHOW_FEE]
    book = await replicas_queries.book_of(db, ids=[wanted.service_id] if wanted.service_id else (), codes=codes)
    services = [(await _find(db, book, wanted), wanted.units)]
    services += [(await _find_code(db, book, add_on.service_code), add_on.units) for add_on in wanted.add_ons]
    return book, services


def _items(services: Sequence[tuple[ServiceChanged, int]], day: date) -> tuple[Item, ...]:
    return tuple(Item(service.service_code, service, _rate(service, day).amount, units) for service, units in services)


def _refuse_too_much(items: Sequence[Item]) -> None:
    if sum(item.rate * item.units for item in items) > LARGEST_TOTAL:
        raise Invalid("total-too-large", f"These units come to more than {LARGEST_TOTAL}. Price fewer units.", field="units")


async def _find(db: ReadSession, book: Book, wanted: PricedService) -> ServiceChanged:
    if wanted.service_id is not None:
        return require(book.find(wanted.service_id), "service", wanted.service_id)
    return await _find_code(db, book, wanted.service_code or "")


async def _find_code(db: ReadSession, book: Book, code: Code) -> ServiceChanged:
    service = book.find_code(code)
    if service is None:
        alike = (await replicas_queries.whole_book(db)).codes_like(code)
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "GET /services of the catalog lists every code."
        raise NotFound("service-unknown", f"There is no service with the code {code}. {hint}", suggestions=alike)
    return service


def _rate(service: ServiceChanged, day: date) -> EffectiveRate:
    rate = pricing_visit.rate_on(service.rates, day)
    if rate is None:
        first = min((rate.effective_from for rate in service.rates), default=None)
        detail = f"{service.service_code} has no rate on {day}; its first one is in force from {first} on. Choose a date from then on."
        raise Invalid("no-rate-on-date", detail, field="date", first_rate_from=first)
    return rate


def _view(
    visit: Visit,
    service: ServiceChanged,
    rate: EffectiveRate,
    quote: Quote,
    cancelling: CancellationView,
    fitting: tuple[ServiceChanged, EffectiveRate] | None,
) -> PreviewView:
    found = quote.flags if service.is_active else (*quote.flags, flags.service_inactive(service.service_code))
    lines = [
        {
            "service_code": line.code,
            "units": line.units,
            "rate_per_unit": line.rate,
            "amount": line.charge,
            **bill.amounts(line),
            "claimable": line.claimable,
        }
        for line in quote.lines
    ]
    price = {
        "service_id": service.id,
        "service_code": visit.booked.code,
        "units": visit.booked.units,
        "rate_per_unit": visit.booked.rate,
        "total_amount": quote.charge,
        **bill.amounts(quote),
        "insurance_applicable": visit.insured,
        "insurance_covered": quote.covered,
        "service_date": visit.day,
        "lines": lines,
        "flags": [FlagView.model_validate(flag) for flag in found],
        "assumptions": _assumptions(visit, service, rate),
        "cancellation": cancelling,
        "valid_until": _valid_until(visit, rate),
        "fitting_service": _fitting(*fitting) if fitting else None,
    }
    return PreviewView.model_validate(price)


def _fitting(service: ServiceChanged, rate: EffectiveRate) -> FittingView:
    return FittingView(
        service_id=service.id, service_code=service.service_code, service_name=service.service_name, rate_per_unit=rate.amount
    )


def _valid_until(visit: Visit, rate: EffectiveRate) -> date | None:
    """Return the last date of service for which the same rate, coverage and discount count."""
    ends = [rate.effective_to]
    ends += [visit.terms.coverage.effective_to] if visit.terms.coverage else []
    ends += [visit.terms.discount.effective_to] if visit.terms.discount else []
    return min((end for end in ends if end is not None), default=None)


def _assumptions(visit: Visit, service: ServiceChanged, rate: EffectiveRate) -> list[Assumption]:
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
        *_of_coverage(visit),
    ]


def _of_coverage(visit: Visit) -> list[Assumption]:
    terms, coverage = visit.terms, visit.terms.coverage
    found = [_covered_by(coverage, terms)] if coverage else [_not_covered(visit)]
    found += [_benefit_year(coverage, visit.day)] if coverage and terms.plan else []
    for code, fee in terms.contract_fees.items():
        found.append(Assumption(name="contract_fee", value=f"{fee:.2f}", detail=f"what the payer has agreed to for {code}, per unit"))
    if discount := terms.discount:
        found.append(
            Assumption(
                name="discount",
                value=f"{discount.percent}%",
                effective_from=discount.effective_from,
                effective_to=discount.effective_to,
                detail=f"off what is owed outside insurance: {discount.reason}",
            )
        )
    return found


def _covered_by(coverage: Coverage, terms: Terms) -> Assumption:
    plan = terms.plan
    taken = "less what records of its benefit year took since, by the insurer's answers where there are some"
    left = f"as of {coverage.as_of}, {taken}" if plan else "out of network, so the client pays all of it"
    return Assumption(
        name="coverage",
        value=coverage.payer_name,
        effective_from=coverage.effective_from,
        effective_to=coverage.effective_to,
        detail=f"deductible left {plan.deductible_remaining:.2f}, {left}" if plan else left,
    )


def _benefit_year(coverage: Coverage, day: date) -> Assumption:
    year = benefit_year(day)
    starts = f"it starts anew on {date(year, 1, 1)} with what was left as of {coverage.as_of}: enter the new year's amounts once known"
    return Assumption(
        name="benefit_year",
        value=str(year),
        effective_from=date(year, 1, 1),
        effective_to=date(year, 12, 31),
        detail="the plan's year is taken to be the calendar year" + (f"; {starts}" if year > benefit_year(coverage.as_of) else ""),
    )


def _not_covered(visit: Visit) -> Assumption:
    words = "no coverage is on file, so the client owes all of it" if visit.insured else "the client pays without insurance"
    return Assumption(name="coverage", value="none", detail=words)
