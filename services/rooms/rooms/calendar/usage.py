"""How time is spread over the hours of a week, on a site's wall clock; pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis.hours import Opening

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)

HourOfWeek = tuple[int, int]
"""Weekday, Monday being 0, and hour, 0 to 23."""


def hour_of_week(moment: datetime, zone: ZoneInfo) -> HourOfWeek:
    """Return the hour of the week that the clock shows."""
    local = moment.astimezone(zone)
    return local.weekday(), local.hour


def spread(spans: Mapping[Opening, int], zone: ZoneInfo) -> Counter[HourOfWeek]:
    """Count the minutes of spans, each of so many rooms, in each hour of the week; the sum is their length, also when the clock changes."""
    minutes: Counter[HourOfWeek] = Counter()
    for (begin, end), times in spans.items():
        for hour, piece in _by_the_hour(begin, end, zone):
            minutes[hour] += piece // MINUTE * times
    return minutes


def within(spans: Iterable[Opening], first: datetime, last: datetime) -> Iterator[Opening]:
    """Yield what of these spans lies between two moments."""
    for begin, end in spans:
        opens, closes = max(begin, first), min(end, last)
        if opens < closes:
            yield opens, closes


def without(spans: Iterable[Opening], taken: Iterable[Opening]) -> list[Opening]:
    """Return what is left of spans when others are cut out."""
    left = list(spans)
    for begin, end in taken:
        pieces = ((piece_begin, piece_end) for a, b in left for piece_begin, piece_end in ((a, min(b, begin)), (max(a, end), b)))
        left = [(piece_begin, piece_end) for piece_begin, piece_end in pieces if piece_begin < piece_end]
    return left


def length(spans: Iterable[Opening]) -> int:
    """Return how many minutes these spans take together."""
    return sum((end - begin for begin, end in spans), timedelta()) // MINUTE


def _by_the_hour(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[HourOfWeek, timedelta]]:
    while begin < end:
        local = begin.astimezone(zone)
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        until = min(begin + (HOUR - past), end)
        yield (local.weekday(), local.hour), until - begin
        begin = until
