"""What is known of sites and rooms where somebody decides about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis.hours import Opening, Timetable
from contracts.types import RoomId, SiteId

LONGEST_TURNOVER: Final = timedelta(hours=2)

Spans = Sequence[Sequence[str]]
"""Open spans of a day, as JSON has them."""


@dataclass(frozen=True, slots=True)
class Site:
    """A clinic site and when it is open."""

    id: SiteId
    hours: Timetable
    is_active: bool

    @property
    def zone(self) -> ZoneInfo:
        """Everything at the site happens on this clock."""
        return self.hours.zone

    def is_open(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it is open during the whole of this time."""
        return self.hours.is_open(starts_at, ends_at)

    def openings(self, starts_at: datetime, ends_at: datetime) -> list[Opening]:
        """Return when it is open on and beside the days of this time."""
        return self.hours.openings_around(starts_at, ends_at)


@dataclass(frozen=True, slots=True)
class Room:
    """A room and what it offers."""

    id: RoomId
    site_id: SiteId
    number: str
    name: str
    capacity: int
    equipment: frozenset[str]
    turnover: timedelta
    is_active: bool
    position: int = 0
    """Where it stands in its site's lists; equal ones are in the order of their numbers."""

    @property
    def place(self) -> tuple[int, str]:
        """What lists are sorted by."""
        return self.position, self.number


def has_enough(capacity: int, equipment: Collection[str], needed_places: int, needed_equipment: Collection[str]) -> bool:
    """Return whether so many places and this equipment are what somebody needs."""
    return needed_places <= capacity and set(needed_equipment) <= set(equipment)


@dataclass(frozen=True, slots=True)
class Block:
    """A time for which a room is out of use."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SpecialHours:
    """The hours of one day of a site instead of those of its weekday; no spans mean closed."""

    day: date
    spans: Spans
    reason: str


@dataclass(frozen=True, slots=True)
class Places:
    """Sites and all their rooms."""

    sites: Mapping[SiteId, Site] = field(default_factory=dict[SiteId, Site])
    rooms: Mapping[RoomId, Room] = field(default_factory=dict[RoomId, Room])


def timetable(week: Mapping[str, Spans], time_zone: str, special_days: Mapping[date, Spans]) -> Timetable:
    """Read hours as the tables keep them."""
    return Timetable(
        {day: tuple((begin, end) for begin, end in spans) for day, spans in week.items()},
        ZoneInfo(time_zone),
        {day: tuple((begin, end) for begin, end in spans) for day, spans in special_days.items()},
    )
