"""The price before the booking, by the function that will make the record."""

from datetime import date
from decimal import Decimal
from typing import Final

from chassis.data.database import ReadSession
from chassis.errors import Invalid, NotFound
from contracts.catalog import EffectiveRate, ServiceChanged
from contracts.types import Code

from billing.coverages import queries as coverages_queries
from billing.ledger import bill
from billing.previews.schemas import Assumption, CancellationView, FittingView, PreviewRequest, PreviewView
from billing.pricing import flags
from billing.pricing import visit as pricing_visit
from billing.pricing.price import NOTHING_ELSE, Quote
from billing.pricing.terms import Coverage, Policies, Terms, benefit_year
from billing.pricing.visit import Book, Item, Visit
from billing.quotes.schemas import FlagView
from billing.records import queries as records_queries
from billing.replicas import cancellation, queries

LARGEST_TOTAL: Final = Decimal("9999999999.99")


async def preview(db: ReadSession, wanted: PreviewRequest, today: date) -> PreviewView:
    """Price a visit by the function that will make its record; nothing is written; Invalid where it cannot be priced."""
    add_ons = [add_on.service_code for add_on in wanted.add_ons]
    codes = [wanted.service_code or "", *add_ons, bill.LATE_FEE, bill.NO_SHOW_FEE]
    book = await queries.book_of(db, ids=[wanted.service_id] if wanted.service_id else (), codes=codes)
    service = await _find(db, book, wanted)
    day = wanted.date or today
    rate = _rate(service, day)
    items = [Item(service.service_code, service, rate.amount, wanted.units)]
    for add_on in wanted.add_ons:
        found = await _find_code(db, book, add_on.service_code)
        items.append(Item(add_on.service_code, found, _rate(found, day).amount, add_on.units))
    if sum(item.rate * item.units for item in items) > LARGEST_TOTAL:
        raise Invalid("total-too-large", f"These units come to more than {LARGEST_TOTAL}. Price fewer units.", field="units")
    same_day = NOTHING_ELSE
    if wanted.client_id is not None:
        same_day = (await records_queries.days_of(db, [(wanted.client_id, day)])).get((wanted.client_id, day), NOTHING_ELSE)
    clients = [wanted.client_id] if wanted.client_id else []
    priced = [item.code for item in items]
    policies = await coverages_queries.policies_of(db, clients, priced) if clients else Policies()
    terms = policies.terms(wanted.client_id, priced, day, wanted.therapist_credential, insured=wanted.insurance_applicable)
    visit = Visit(items=tuple(items), day=day, insured=wanted.insurance_applicable, minutes=wanted.minutes, terms=terms)
    window = await queries.window_of(db, service.id)
    late, missed = book.fee(bill.LATE_FEE, day), book.fee(bill.NO_SHOW_FEE, day)
    terms_of_cancelling = CancellationView(
        late_within_minutes=window,
        late_cancellation_fee=late,
        no_show_fee=missed,
        detail=cancellation.as_text(window, late, missed),
    )
    fitting = pricing_visit.fitting_service(visit, book)
    return _view(visit, service, rate, pricing_visit.price(visit, book, same_day), terms_of_cancelling, fitting)


async def _find(db: ReadSession, book: Book, wanted: PreviewRequest) -> ServiceChanged:
    if wanted.service_id is not None:
        service = book.find(wanted.service_id)
        if service is None:
            raise NotFound.of("service", wanted.service_id)
        return service
    return await _find_code(db, book, wanted.service_code or "")


async def _find_code(db: ReadSession, book: Book, code: Code) -> ServiceChanged:
    service = book.find_code(code)
    if service is None:
        alike = (await queries.whole_book(db)).codes_like(code)
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
