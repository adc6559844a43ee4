"""What may stand in the catalog, and which rate is in force on a day; decided from plain values."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Protocol, TypeVar
from zoneinfo import ZoneInfo

from chassis.text import Line, Note
from contracts.catalog import BilledPer, Claimable, Kind, ServiceType
from contracts.types import LONGEST_SESSION, Code, Flag, Whole
from pydantic import BaseModel, ConfigDict, Field

LONGEST_MINUTES: Final = LONGEST_SESSION // timedelta(minutes=1)
MOST_CODES: Final = 50
FEWEST_COMPONENTS: Final = 2
ONE_DAY: Final = timedelta(days=1)
MOST_CLIENTS: Final = 50
"""As many as one session has at most."""

Minutes = Annotated[Whole, Field(ge=0, le=LONGEST_MINUTES)]
Clients = Annotated[Whole, Field(ge=1, le=MOST_CLIENTS)]
Codes = Annotated[tuple[Code, ...], Field(max_length=MOST_CODES)]


class Description(BaseModel):
    """What people write about a service; everything but its price."""

    model_config = ConfigDict(frozen=True, from_attributes=True, use_attribute_docstrings=True)

    service_code: Code
    service_name: Line
    service_type: ServiceType
    standard_duration: Minutes
    """Minutes; 0 only for fees and add-ons."""
    billing_category: Note = ""
    description: Note = ""
    is_active: Flag = True
    kind: Kind = Kind.BASE
    components: Codes = ()
    """The codes that a composite is made of, at least two."""
    min_minutes: Minutes | None = None
    max_minutes: Minutes | None = None
    claimable: Claimable | None = None
    """Who may be billed; insurance for base services and add-ons, the client alone for composites, else never."""
    requires_primary: Codes = ()
    """An add-on is billed only beside one of these; beside any when empty."""
    excludes_same_day: Codes = ()
    max_units_per_day: Annotated[Whole, Field(ge=1, le=100)] | None = None
    billed_per: BilledPer = BilledPer.CLIENT
    """Whether a session with several clients is billed once, to the client for whom it is booked, or once for each who attended."""
    min_clients: Clients = 1
    """A session is booked for at least so many clients; 2 for a couple."""

    @property
    def payable_by(self) -> Claimable:
        """Who may be billed, as written or as usual for the kind."""
        return self.claimable or USUALLY_CLAIMABLE[self.kind]


class Rate(Protocol):
    """A price from a day on, until the next one."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def effective_from(self) -> date: ...


R = TypeVar("R", bound=Rate)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a description breaks."""

    field: str
    code: str
    message: str
    days: tuple[date, ...] = ()
    """The days that the message names, in its order."""


USUALLY_CLAIMABLE: Final = {
    Kind.BASE: Claimable.INSURANCE,
    Kind.ADD_ON: Claimable.INSURANCE,
    Kind.COMPOSITE: Claimable.SELF_PAY_ONLY,
    Kind.FEE: Claimable.NEVER,
    Kind.INTERNAL: Claimable.NEVER,
}


def mentioned(service: Description) -> set[str]:
    """Return the codes of other services that must exist for this one to make sense."""
    return {*service.components, *service.requires_primary}


def check(service: Description, known: AbstractSet[str]) -> list[Finding]:
    """Find every rule that the description breaks in a catalog of these known codes."""
    return [*_check_minutes(service), *_check_references(service, known - {service.service_code}), *_check_payer(service)]


def _check_minutes(service: Description) -> Iterator[Finding]:
    if service.standard_duration == 0 and service.kind not in {Kind.FEE, Kind.ADD_ON}:
        yield Finding("standard_duration", "duration-required", "Only a fee or an add-on has no duration; enter its minutes.")
    if service.min_minutes is not None and service.max_minutes is not None and service.min_minutes > service.max_minutes:
        yield Finding("max_minutes", "minutes-reversed", f"max_minutes must be at least min_minutes, {service.min_minutes}.")


def _check_references(service: Description, known: AbstractSet[str]) -> Iterator[Finding]:
    if service.kind is Kind.COMPOSITE and len(service.components) < FEWEST_COMPONENTS:
        yield Finding("components", "too-few-components", "A composite is made of at least two codes of the catalog.")
    if service.kind is not Kind.COMPOSITE and service.components:
        yield Finding("components", "not-a-composite", "Only a composite has components; make its kind composite or leave them out.")
    if service.kind is not Kind.ADD_ON and service.requires_primary:
        yield Finding("requires_primary", "not-an-add-on", "Only an add-on requires a primary code; make its kind add_on or remove it.")
    if service.service_code in service.excludes_same_day:
        yield Finding("excludes_same_day", "excludes-itself", "A service cannot exclude itself; max_units_per_day limits repetitions.")
    for field, codes in (("components", service.components), ("requires_primary", service.requires_primary)):
        if service.service_code in codes:
            yield Finding(field, "refers-to-itself", f"{service.service_code} cannot stand in its own {field}.")
        elif unknown := sorted(set(codes) - known):
            yield Finding(field, "unknown-code", f"The catalog has no {', '.join(unknown)}; add what is missing first.")


def _check_payer(service: Description) -> Iterator[Finding]:
    if service.payable_by is Claimable.INSURANCE and USUALLY_CLAIMABLE[service.kind] is not Claimable.INSURANCE:
        message = f"A service of kind {service.kind} never reaches an insurance claim; it is self_pay_only or never claimable."
        yield Finding("claimable", "never-on-a-claim", message)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the network's calendar day at this moment."""
    return moment.astimezone(zone).date()


def usual_first_day(today: date) -> date:
    """Return since when a first rate is in force unless stated otherwise: early enough for sessions recorded in arrears."""
    return date(today.year - 1, 1, 1)


def in_force(rates: Sequence[R], day: date) -> R:
    """Return the rate in force on a day, of rates in the order of time that have begun by then."""
    return [rate for rate in rates if rate.effective_from <= day][-1]


def in_the_way(rates: Sequence[R], effective_from: date) -> R | None:
    """Return the rate that a new open-ended rate from this day on would overlap."""
    return next((rate for rate in rates if rate.effective_from >= effective_from), None)


def is_priced(rates: Sequence[Rate], amount: Decimal, effective_from: date | None, today: date) -> bool:
    """Whether the amount is what is charged anyhow on the day it is meant for."""
    return in_force(rates, max(effective_from or today, today)).amount == amount


def check_first_day(effective_from: date | None, today: date) -> list[Finding]:
    """Find what is wrong with the day since when a new service has its price."""
    if effective_from is None or effective_from <= today:
        return []
    return [
        Finding(
            "effective_from", "no-rate-today", f"The first rate is in force by today, {today}; schedule a later one afterwards.", (today,)
        )
    ]


def check_scheduled_day(effective_from: date, today: date) -> list[Finding]:
    """Find what is wrong with the day on which a further rate begins: what a past day cost is never changed."""
    if effective_from >= today:
        return []
    return [Finding("effective_from", "rate-in-the-past", f"A rate begins today, {today}, or later; past days keep their price.", (today,))]


def check_kept_price(rates: Sequence[Rate], amount: Decimal | None, today: date) -> list[Finding]:
    """Find a price that somebody tried to overwrite instead of scheduling it."""
    present = in_force(rates, today).amount
    if amount is None or amount == present:
        return []
    message = f"It costs {present} today, and a price is not overwritten: schedule {amount} from a day on with POST /services/{{id}}/rates."
    return [Finding("base_rate", "rate-is-scheduled", message)]


def check_sheet_price(rates: Sequence[Rate], amount: Decimal, effective_from: date | None, today: date) -> list[Finding]:
    """Find why the price on a sheet can neither stay nor be scheduled."""
    if is_priced(rates, amount, effective_from, today):
        return []
    if effective_from is None or effective_from < today:
        message = f"It costs {in_force(rates, today).amount} today; for a new price write in effective_from since when, {today} or later."
        return [Finding("base_rate", "rate-is-scheduled", message)]
    if other := in_the_way(rates, effective_from):
        return [overlap(other, today)]
    return []


def why_kept(rate: Rate, today: date) -> str | None:
    """Return why a rate cannot be withdrawn; None when it can."""
    if rate.effective_from > today:
        return None
    return f"The rate of {rate.amount} is in force since {rate.effective_from}; past days keep their price. Schedule another rate instead."


def overlap(other: Rate, today: date) -> Finding:
    """Return which rate is in the way, and what would work."""
    begins, next_begins = other.effective_from, other.effective_from + ONE_DAY
    instead = " Or withdraw that one first, which is not in force yet." if begins > today else ""
    message = f"A rate of {other.amount} from {begins} on is there already; a further one begins on {next_begins} or later.{instead}"
    return Finding("effective_from", "rate-overlaps", message, (begins, next_begins))
