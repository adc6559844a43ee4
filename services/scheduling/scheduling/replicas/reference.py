"""Services, sites and rooms, as decisions need them; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from chassis.hours import Span, Timetable
from contracts.catalog import EffectiveRate, Kind
from contracts.types import RoomId, ServiceId, SiteId


@dataclass(frozen=True, slots=True)
class Service:
    """What scheduling keeps of a service."""

    id: ServiceId
    service_code: str
    service_name: str
    duration: timedelta
    kind: Kind
    is_active: bool
    rates: tuple[EffectiveRate, ...]
    min_clients: int = 1
    """A session is booked for at least so many clients."""

    def rate_on(self, day: date) -> Decimal | None:
        """Return the rate in force on a day."""
        for rate in self.rates:
            if rate.effective_from <= day and (rate.effective_to is None or day <= rate.effective_to):
                return rate.amount
        return None


@dataclass(frozen=True, slots=True)
class Site:
    """What scheduling keeps of a site."""

    id: SiteId
    site_name: str
    hours: Timetable
    """When it is open."""
    is_active: bool

    @property
    def zone(self) -> ZoneInfo:
        """Everything at the site happens on this clock."""
        return self.hours.zone

    def day(self, instant: datetime) -> date:
        """Return the calendar day at the site."""
        return instant.astimezone(self.zone).date()

    def is_open(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the site is open from start to end, on its own wall clock."""
        return self.hours.is_open(starts_at, ends_at)


@dataclass(frozen=True, slots=True)
class Room:
    """What scheduling keeps of a room."""

    id: RoomId
    site_id: SiteId
    room_number: str
    room_name: str
    capacity: int
    equipment: frozenset[str]
    is_active: bool


def to_spans(spans: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    """Read the spans of a day as they are stored."""
    return tuple((opens, closes) for opens, closes in spans)
