"""Reads from the database the quarter hours at which therapists are free: window by window, in bounded steps of the event loop."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from chassis.data.database import Database
from chassis.hours import ONE_DAY, Opening
from contracts.types import LONGEST_SESSION, ServiceId, SiteId, TherapistId

from scheduling.free_times.openings import MOMENT, Search, Span, clients_free, days_to_book, working_spans
from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.policies.rules import AHEAD_AT_MOST
from scheduling.sessions.queries import free_starts

FIRST_WINDOW: Final = timedelta(hours=2)
"""The part of a search that is read at once, from when the first therapist is at work; the next part is twice as long."""
FIRST_HORIZON: Final = ONE_DAY
LONGEST_HORIZON: Final = 8 * ONE_DAY
"""For how long it is worked out at once when therapists are at work, each time for twice as long; no part of the search is longer."""
THERAPISTS_AT_ONCE: Final = 50
"""In one step of the event loop."""


async def find_free_starts(
    search: Search, busy: BusyTimes, interval: Interval, database: Database, starts: int, therapists_a_start: int
) -> AsyncGenerator[tuple[datetime, list[TherapistId]]]:
    """Yield the quarter hours at which therapists and the interval's clients are free, the earliest first, each with its first therapists.

    At most ``starts`` of each window are found. ``busy`` has the clients' sessions; the therapists' are read window by window.
    """
    policy, limits = search.policies.of(search.service.id), {"starts": starts, "therapists_a_start": therapists_a_start}
    since = max(search.since, search.now + policy.notice)
    until = min(search.until, search.now + min(policy.book_ahead, AHEAD_AT_MOST) + MOMENT)
    begin, length, ahead = since, FIRST_WINDOW, FIRST_HORIZON
    while begin < until:
        horizon = min(begin + ahead, until)
        spans = await _spans(search, clients_free(search, interval, busy, begin, horizon))
        while begin < horizon and (left := [opens for _, opens, closes in spans if closes > begin]):
            begin = max(begin, min(left))
            end = min(begin + length, horizon)
            for start in await _free_between(search, spans, interval, busy, database, begin, end, limits):
                yield start
            begin, length = end, length * 2
        begin, ahead = horizon, min(ahead * 2, LONGEST_HORIZON)


async def _free_between(
    search: Search,
    spans: Sequence[Span],
    interval: Interval,
    busy: BusyTimes,
    database: Database,
    begin: datetime,
    end: datetime,
    limits: dict[str, int],
) -> list[tuple[datetime, list[TherapistId]]]:
    last = end + search.service.duration
    some = [(each, max(opens, begin), min(closes, last)) for each, opens, closes in spans if opens < last and closes > begin]
    days = list(days_to_book(search, interval, busy, begin, end))
    if begin >= end or not some or not days:
        return []
    async with database.reading() as db:
        return [(row.at, list(row.therapist_ids)) for row in await free_starts(db, _parameters(search, some, days, begin, end) | limits)]


async def _spans(search: Search, openings: Sequence[Opening]) -> list[Span]:
    found: list[Span] = []
    if not openings:
        return found
    therapists = list(search.therapists.items())
    for begin in range(0, len(therapists), THERAPISTS_AT_ONCE):
        found += working_spans(dict(therapists[begin : begin + THERAPISTS_AT_ONCE]), search.site, openings)
        await asyncio.sleep(0)
    return found


def _parameters(search: Search, spans: Sequence[Span], days: Sequence[date], begin: datetime, end: datetime) -> dict[str, Any]:
    policies = search.policies
    own, default = policies.of(search.service.id), policies.default
    therapists, opens, closes = zip(*spans, strict=True)
    rank = {therapist: number for number, therapist in enumerate(search.therapists)}
    services: Sequence[ServiceId] = list(policies.services)
    journeys = {other: length for pair, length in policies.travel.items() for other in pair - {search.site.id} if search.site.id in pair}
    sites: Sequence[SiteId] = list(journeys)
    return {
        "therapists": list(therapists),
        "ranks": [rank[therapist] for therapist in therapists],
        "opens": list(opens),
        "closes": list(closes),
        "services": services,
        "before": [policies.of(service).buffer_before for service in services],
        "after": [policies.of(service).buffer_after for service in services],
        "sites": sites,
        "journeys": [journeys[site] for site in sites],
        "other_before": default.buffer_before,
        "other_after": default.buffer_after,
        "own_before": own.buffer_before,
        "own_after": own.buffer_after,
        "sessions_a_day": own.therapist_a_day,
        "apart": policies.longest_gap,
        "longest": LONGEST_SESSION,
        "length": search.service.duration,
        "zone": search.site.zone.key,
        "days": days,
        "origin": search.origin,
        "since": begin,
        "until": end,
    }
