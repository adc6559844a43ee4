"""Asks the database for the quarter hours at which therapists are free: window by window, in bounded steps of the event loop."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from chassis.database import Database
from contracts.hours import ONE_DAY, Opening
from contracts.types import LONGEST_SESSION, ServiceId, SiteId, TherapistId
from sqlalchemy import text

from scheduling.diary import Diary, Plan
from scheduling.openings import MOMENT, Search, Span, clients_free, days_to_book, working_spans
from scheduling.policy import AHEAD_AT_MOST

FIRST_WINDOW: Final = timedelta(hours=2)
"""The part of a search that is read at once, from when the first therapist is at work; the next part is twice as long."""
FIRST_HORIZON: Final = ONE_DAY
LONGEST_HORIZON: Final = 8 * ONE_DAY
"""For how long it is worked out at once when therapists are at work, each time for twice as long; no part of the search is longer."""
THERAPISTS_AT_ONCE: Final = 50
"""In one step of the event loop."""

FREE_STARTS: Final = text("""
    WITH span AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:therapists AS uuid[]), CAST(:ranks AS integer[]), CAST(:opens AS timestamptz[]), CAST(:closes AS timestamptz[])
        ) AS span (therapist_id, rank, opens, closes)
    ),
    policy AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:services AS uuid[]), CAST(:before AS interval[]), CAST(:after AS interval[]))
            AS policy (service_id, before, after)
    ),
    travel AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:sites AS uuid[]), CAST(:journeys AS interval[])) AS travel (site_id, journey)
    ),
    full_day AS MATERIALIZED (
        SELECT taken.person_id, CAST(taken.starts_at AT TIME ZONE :zone AS date) AS day
        FROM (SELECT DISTINCT therapist_id FROM span WHERE CAST(:sessions_a_day AS integer) IS NOT NULL) AS therapist
        JOIN taken ON taken.person_id = therapist.therapist_id
            AND taken.starts_at > CAST(:since AS timestamptz) - interval '1 day 1 hour'
            AND taken.starts_at < CAST(:until AS timestamptz) + interval '1 day 1 hour'
        GROUP BY 1, 2 HAVING count(DISTINCT taken.session_id) >= CAST(:sessions_a_day AS integer)
    ),
    free AS (
        SELECT span.therapist_id, span.rank, unnest(tstzmultirange(tstzrange(span.opens, span.closes)) - COALESCE(busy.times, '{}')) AS part
        FROM span CROSS JOIN LATERAL (
            SELECT range_agg(tstzrange(
                near.starts_at - COALESCE(policy.before, CAST(:other_before AS interval)) - COALESCE(travel.journey, '0')
                    - CAST(:own_after AS interval),
                near.ends_at + COALESCE(policy.after, CAST(:other_after AS interval)) + COALESCE(travel.journey, '0')
                    + CAST(:own_before AS interval)
            )) AS times
            FROM (
                SELECT * FROM taken
                WHERE person_id = span.therapist_id AND starts_at < span.closes + CAST(:apart AS interval)
                    AND starts_at > span.opens - CAST(:apart AS interval) - CAST(:longest AS interval)
                    AND ends_at > span.opens - CAST(:apart AS interval)
                OFFSET 0
            ) AS near
            LEFT JOIN session ON CAST(:apart AS interval) > '0' AND session.id = near.session_id
            LEFT JOIN policy ON policy.service_id = session.service_id
            LEFT JOIN travel ON travel.site_id = session.site_id
        ) AS busy
    ),
    fitting AS (
        SELECT at, therapist_id, free.rank
        FROM free, generate_series(
            date_bin('15 minutes', lower(part) + interval '15 minutes' - interval '1 microsecond', CAST(:origin AS timestamptz)),
            upper(part) - CAST(:length AS interval), '15 minutes'
        ) AS at
        WHERE at < :until AND CAST(at AT TIME ZONE :zone AS date) = ANY(CAST(:days AS date[]))
            AND (therapist_id, CAST(at AT TIME ZONE :zone AS date)) NOT IN (SELECT person_id, day FROM full_day)
    ),
    placed AS (
        SELECT at, therapist_id, fitting.rank,
            row_number() OVER (PARTITION BY at ORDER BY fitting.rank) AS place,
            dense_rank() OVER (ORDER BY at) AS number
        FROM fitting
    )
    SELECT at, array_agg(therapist_id ORDER BY placed.rank) AS therapist_ids FROM placed
    WHERE place <= :therapists_a_start AND number <= :starts
    GROUP BY at ORDER BY at
""")
"""The earliest quarter hours in the spans at which no other session, pause, journey or daily maximum of a therapist is in the way."""


async def find_free_starts(
    search: Search, busy: Diary, plan: Plan, database: Database, starts: int, therapists_a_start: int
) -> AsyncGenerator[tuple[datetime, list[TherapistId]]]:
    """Yield the quarter hours at which therapists and the plan's clients are free, the earliest first, each with its first therapists.

    At most ``starts`` of each window are found. ``busy`` has the clients' sessions; the therapists' are read window by window.
    """
    policy, limits = search.policies.of(search.service.id), {"starts": starts, "therapists_a_start": therapists_a_start}
    since = max(search.since, search.now + policy.notice)
    until = min(search.until, search.now + min(policy.book_ahead, AHEAD_AT_MOST) + MOMENT)
    begin, length, ahead = since, FIRST_WINDOW, FIRST_HORIZON
    while begin < until:
        horizon = min(begin + ahead, until)
        spans = await _spans(search, clients_free(search, plan, busy, begin, horizon))
        while begin < horizon and (left := [opens for _, opens, closes in spans if closes > begin]):
            begin = max(begin, min(left))
            end = min(begin + length, horizon)
            for start in await _free_between(search, spans, plan, busy, database, begin, end, limits):
                yield start
            begin, length = end, length * 2
        begin, ahead = horizon, min(ahead * 2, LONGEST_HORIZON)


async def _free_between(
    search: Search,
    spans: Sequence[Span],
    plan: Plan,
    busy: Diary,
    database: Database,
    begin: datetime,
    end: datetime,
    limits: dict[str, int],
) -> list[tuple[datetime, list[TherapistId]]]:
    last = end + search.service.duration
    some = [(each, max(opens, begin), min(closes, last)) for each, opens, closes in spans if opens < last and closes > begin]
    days = list(days_to_book(search, plan, busy, begin, end))
    if begin >= end or not some or not days:
        return []
    async with database.reading() as db:
        return [
            (row.at, list(row.therapist_ids)) for row in await db.rows(FREE_STARTS, _parameters(search, some, days, begin, end) | limits)
        ]


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
        "apart": policies.apart_at_most(),
        "longest": LONGEST_SESSION,
        "length": search.service.duration,
        "zone": search.site.zone.key,
        "days": days,
        "origin": search.origin,
        "since": begin,
        "until": end,
    }
