"""When a service could take place, as far as opening hours, working time, rates and the clients' sessions state; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from chassis.hours import ONE_DAY, Opening, Timetable
from contracts.types import TherapistId

from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.people.working_time import WorkingTime
from scheduling.policies.rules import Policies
from scheduling.replicas.reference import Service, Site

STEP: Final = timedelta(minutes=15)
FULL_HOUR: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Every clock in use shows steps from here as quarters of an hour."""
MOMENT: Final = timedelta(microseconds=1)

Span = tuple[TherapistId, datetime, datetime]
"""A therapist is at work from then until then."""


@dataclass(frozen=True, slots=True)
class Search:
    """A service at a site, for therapists of whom the working time is known, from when until when."""

    service: Service
    site: Site
    policies: Policies
    therapists: Mapping[TherapistId, WorkingTime]
    since: datetime
    until: datetime
    now: datetime
    origin: datetime = FULL_HOUR
    """Starts lie whole steps from here."""


def near(interval: Interval, starts: Sequence[datetime]) -> list[Interval]:
    """Return an interval at other starts."""
    length = interval.ends_at - interval.starts_at
    return [replace(interval, starts_at=start, ends_at=start + length) for start in starts]


def without(openings: Iterable[Opening], taken: Sequence[Opening]) -> Iterator[Opening]:
    """Yield what is left of openings, all in order of time."""
    for opens, closes in openings:
        begin = opens
        for starts, ends in taken:
            if ends <= begin or starts >= closes:
                continue
            if starts > begin:
                yield begin, starts
            begin = max(begin, ends)
        if begin < closes:
            yield begin, closes


def both(some: Iterable[Opening], others: Sequence[Opening]) -> Iterator[Opening]:
    """Yield what two lists of openings have in common, both in order of time."""
    for opens, closes in some:
        for begin, end in others:
            if max(opens, begin) < min(closes, end):
                yield max(opens, begin), min(closes, end)


def clients_free(search: Search, interval: Interval, busy: BusyTimes, begin: datetime, end: datetime) -> list[Opening]:
    """Return when the site is open and the clients are free, for sessions that start from begin until before end."""
    last = end + search.service.duration
    around = both(search.site.hours.openings_around(begin, last), [(begin, last)])
    taken = sorted({(each.starts_at, each.ends_at) for client in interval.client_ids for each in busy.others(client, interval.session_id)})
    return list(without(around, taken)) if search.site.is_active else []


def days_to_book(search: Search, interval: Interval, busy: BusyTimes, begin: datetime, end: datetime) -> Iterator[date]:
    """Yield the site's days on which the service has a rate and no client has all the sessions that one may have on a day."""
    most = search.policies.of(search.service.id).client_a_day
    first = search.site.day(begin)
    for offset in range((search.site.day(end) - first).days + 1):
        day = first + offset * ONE_DAY
        counts = (
            len({each.session_id for each in busy.others(client, interval.session_id) if search.site.day(each.starts_at) == day})
            for client in interval.client_ids
        )
        if search.service.rate_on(day) is not None and all(most is None or count < most for count in counts):
            yield day


def working_spans(therapists: Mapping[TherapistId, WorkingTime], site: Site, openings: Sequence[Opening]) -> Iterator[Span]:
    """Yield when each therapist is at work during the openings."""
    first, last = openings[0][0], openings[-1][1]
    known: dict[Any, list[Opening]] = {}
    for therapist_id, time in therapists.items():
        week = time.hours.get(site.id)
        key = (None if week is None else tuple(week.items()), tuple(time.breaks.items()))
        if key not in known:
            work = openings if week is None else both(openings, Timetable(week, site.zone).openings_around(first, last))
            known[key] = list(without(work, Timetable(time.breaks, site.zone).openings_around(first, last)))
        for opens, closes in without(known[key], sorted(time.off)) if time.off else known[key]:
            yield therapist_id, opens, closes
