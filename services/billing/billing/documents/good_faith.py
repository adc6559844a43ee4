"""A good-faith estimate: what planned visits are expected to cost a client who pays for themselves; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from contracts.types import ClientId, Code

from billing.document_facts import formatting
from billing.document_facts.formatting import Document
from billing.document_facts.people import Client, Facility, Organization, Provider
from billing.pricing.amounts import ZERO, Quote

VALID_FOR: Final = timedelta(days=364)
"""Nobody may promise repeated visits for longer."""
DISPUTE_FROM: Final = Decimal("400.00")
"""A bill that exceeds the estimate by so much may be disputed."""
RHYTHMS: Final = {7: "weekly", 14: "every two weeks", 21: "every three weeks", 28: "every four weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One visit that is planned, priced."""

    day: date
    service_code: Code
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One code at one price on one or more days; amounts are for each of the days."""

    service_code: Code
    service_name: str
    units: int
    rate_per_unit: Decimal
    amount: Decimal
    discount: Decimal
    patient_amount: Decimal
    dates: tuple[date, ...]

    @property
    def total(self) -> Decimal:
        """What the code is expected to be charged in all."""
        return self.amount * len(self.dates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What was estimated, for whom, by whom, as it was on that day."""

    number: int
    client_id: ClientId
    issued_on: date
    valid_until: date
    created_at: datetime
    organization: Organization
    provider: Provider
    facility: Facility | None
    client: Client
    items: tuple[Item, ...]

    @property
    def total_amount(self) -> Decimal:
        """Everything that is expected to be charged."""
        return sum((item.total for item in self.items), ZERO)

    @property
    def discount(self) -> Decimal:
        """What the client is given off."""
        return sum((item.discount * len(item.dates) for item in self.items), ZERO)

    @property
    def patient_amount(self) -> Decimal:
        """What the client is expected to pay."""
        return sum((item.patient_amount * len(item.dates) for item in self.items), ZERO)


def number(counted: int) -> str:
    """Write an estimate's number."""
    return f"GFE-{counted:06}"


def days_of(first: date, count: int, every_days: int) -> list[date]:
    """Return the days of visits that repeat."""
    return [first + timedelta(days=every_days * index) for index in range(count)]


def valid_until(issued_on: date) -> date:
    """Return the last day for which an estimate of that day counts."""
    return issued_on + VALID_FOR


def items_of(visits: Iterable[Planned], names: Mapping[Code, str]) -> tuple[Item, ...]:
    """Put the visits together by code and price, the earliest first."""
    days: defaultdict[tuple[Any, ...], list[date]] = defaultdict(list)
    for visit in sorted(visits, key=lambda visit: (visit.day, visit.service_code)):
        for line in visit.quote.lines:
            days[line.code, line.units, line.rate, line.charge, line.other_adjustment, line.patient].append(visit.day)
    return tuple(
        Item(
            service_code=code,
            service_name=names.get(code, code),
            units=units,
            rate_per_unit=rate,
            amount=charge,
            discount=discount,
            patient_amount=patient,
            dates=tuple(found),
        )
        for (code, units, rate, charge, discount, patient), found in days.items()
    )


def when(dates: Sequence[date]) -> str:
    """Write on which days, in a rhythm where there is one."""
    if len(dates) == 1:
        return formatting.short_day(dates[0])
    steps = {(after - before).days for before, after in pairwise(dates)}
    rhythm = RHYTHMS.get(steps.pop()) if len(steps) == 1 else None
    if rhythm is None:
        return ", ".join(formatting.short_day(day) for day in dates)
    return f"{len(dates)} visits, {rhythm}, {formatting.short_day(dates[0])} to {formatting.short_day(dates[-1])}"


def document(made: Estimate) -> Document:
    """Write an estimate down."""
    place = made.facility or made.organization
    facts: dict[str, Any] = {
        "number": number(made.number),
        "day": formatting.long_day(made.issued_on),
        "valid_until": formatting.long_day(made.valid_until),
        "organization": formatting.letterhead(made.organization),
        "client": formatting.about_client(made.client),
        "account": formatting.account(made.client_id),
        "provider": {
            "name": formatting.name(made.provider),
            "npi": made.provider.npi,
            "license": formatting.plain(made.provider.license or ""),
        },
        "place": {
            "name": formatting.plain(made.facility.facility_name if made.facility else made.organization.organization_name),
            "address": formatting.address(place.address),
        },
        "diagnoses": list(made.client.diagnoses),
        "items": [_row(item) for item in made.items],
        "total": formatting.dollars(made.total_amount),
        "discount": formatting.dollars(-made.discount) if made.discount else "",
        "expected": formatting.dollars(made.patient_amount),
        "dispute_from": formatting.dollars(DISPUTE_FROM),
    }
    return Document("estimate", f"Good-faith estimate {facts['number']}", made.created_at, facts)


def _row(item: Item) -> list[str]:
    each = formatting.dollars(item.amount)
    return [
        item.service_code,
        formatting.plain(item.service_name),
        when(item.dates),
        str(item.units * len(item.dates)),
        each,
        formatting.dollars(item.total),
    ]
