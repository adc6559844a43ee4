"""Opening hours: written on the site's wall clock, kept through every change of that clock.

A span opens at the first and closes at the last moment at which the clock shows its time. Where the clock skips the
time, the moment of the skip stands for it. Spans that meet, also over midnight, are one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

Span = tuple[str, str]
"""Two wall times, such as ("08:00", "20:00"); 24:00 is the end of the day."""
Week = Mapping[str, tuple[Span, ...]]
"""The open spans of each weekday; a weekday that is absent is closed."""
Spans = TypeVar("Spans")
Opening = tuple[datetime, datetime]
"""An open span on the world's clock."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT: Final = "24:00"
EVERY_DAY: Final[Week] = dict.fromkeys(WEEKDAYS, (("00:00", MIDNIGHT),))
"""Open around the clock."""
ONE_DAY: Final = timedelta(days=1)
ONE_MINUTE: Final = timedelta(minutes=1)
CACHED_DAYS: Final = 20_000


def in_week_order(week: Mapping[str, Spans]) -> dict[str, Spans]:
    """Return the same hours from Monday to Sunday."""
    return {day: week[day] for day in WEEKDAYS if day in week}


def check_spans(spans: Sequence[Span]) -> list[str]:
    """Return everything that is wrong with the spans of one day."""
    reversed_ = [f"{begin}-{end} must end after it begins; the end of the day is 24:00" for begin, end in spans if begin >= end]
    disordered = [
        f"{earlier[0]}-{earlier[1]} and {later[0]}-{later[1]} must follow each other without overlapping"
        for earlier, later in pairwise(spans)
        if later[0] < earlier[1]
    ]
    return reversed_ + disordered


@dataclass(frozen=True, slots=True)
class Timetable:
    """When something is open: a week on the wall clock of a zone, and the days that differ from it."""

    week: Week
    zone: ZoneInfo
    special_days: Mapping[date, tuple[Span, ...]] = field(default_factory=dict[date, tuple[Span, ...]])
    """What such a day has instead of its weekday's spans; none mean closed."""

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the spans of a day on the wall clock."""
        special = self.special_days.get(day)
        return self.week.get(WEEKDAYS[day.weekday()], ()) if special is None else special

    def openings(self, first: date, last: date) -> list[Opening]:
        """Return when it is open from the first to the last of these days, in order; what meets is one."""
        merged: list[Opening] = []
        for opens, closes in sorted(self._daily(first, last)):
            if merged and opens <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
            else:
                merged.append((opens, closes))
        return merged

    def openings_around(self, starts_at: datetime, ends_at: datetime) -> list[Opening]:
        """Return the openings of the days that this time touches, and of the days beside them."""
        first = starts_at.astimezone(self.zone).date() - ONE_DAY
        return self.openings(first, ends_at.astimezone(self.zone).date() + ONE_DAY)

    def openings_during(self, starts_at: datetime, ends_at: datetime) -> list[Opening]:
        """Return the openings that this time overlaps, in order and each whole."""
        first, last = (moment.astimezone(self.zone).date() for moment in (starts_at, ends_at))
        if not any(opens < ends_at and starts_at < closes for opens, closes in self._daily(first, last)):
            return []
        return [(opens, closes) for opens, closes in self.openings_around(starts_at, ends_at) if opens < ends_at and starts_at < closes]

    def is_open(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it is open during the whole of this time."""
        day = starts_at.astimezone(self.zone).date()
        if any(opens <= starts_at and ends_at <= closes for opens, closes in _openings_on(day, self.spans(day), self.zone)):
            return True
        return any(opens <= starts_at and ends_at <= closes for opens, closes in self.openings_around(starts_at, ends_at))

    def _daily(self, first: date, last: date) -> Iterator[Opening]:
        for offset in range((last - first).days + 1):
            day = first + offset * ONE_DAY
            yield from _openings_on(day, self.spans(day), self.zone)


@lru_cache(CACHED_DAYS)
def _openings_on(day: date, spans: tuple[Span, ...], zone: ZoneInfo) -> tuple[Opening, ...]:
    found = ((_moment(day, begin, zone, fold=0), _moment(day, end, zone, fold=1)) for begin, end in spans)
    return tuple((opens, closes) for opens, closes in found if opens < closes)


def _moment(day: date, wall: str, zone: ZoneInfo, *, fold: int) -> datetime:
    """Return the first (fold 0) or last (fold 1) moment of the day at which the clock shows this time."""
    if wall == MIDNIGHT:
        return _moment(day + ONE_DAY, "00:00", zone, fold=0)
    shown = datetime.combine(day, time.fromisoformat(wall), zone)
    if is_shown(shown):
        return shown.replace(fold=fold).astimezone(UTC)
    before, after = shown.replace(fold=1).astimezone(UTC), shown.astimezone(UTC)
    minute = before
    while minute < after and minute.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
        minute += ONE_MINUTE
    return minute


def is_shown(wall: datetime) -> bool:
    """Whether the clock of its zone ever shows this time; it skips some when it is put forward."""
    return wall.astimezone(UTC).astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None)


def readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments that a wall time may mean: one, or the two candidates where the clock shows it twice or never."""
    either = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(either))
