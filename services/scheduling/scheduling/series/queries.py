"""Read series."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from chassis.data.database import Database, ReadSession
from chassis.errors import FieldError, Invalid, NotFound
from chassis.requests.questions import Questions
from chassis.requests.waiting import Waiters
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from contracts.rooms import Alternative
from contracts.scheduling import SessionStatus
from contracts.types import ClientId, SeriesId, SessionId
from sqlalchemy import select

from scheduling.availability import queries as availability_queries
from scheduling.decisions.requests import BookingRequest, ReferenceData
from scheduling.lifecycle.reasons import Reason
from scheduling.lifecycle.state import SeriesDate, Session
from scheduling.series.changes import why
from scheduling.series.schemas import Change, NewInPlace, ProblemAt, SeriesView
from scheduling.series.tables import SeriesRow
from scheduling.sessions.actions import ActionOutcome
from scheduling.sessions.queries import find_session, find_sessions, sessions_in_place, sessions_of_series, show, view
from scheduling.sessions.schemas import SessionView

SERIES_AT_MOST: Final = 5
"""On a page: each comes with all of its sessions."""
OFFERED_AT_MOST: Final = 3
"""Alternatives of one date."""
DATES_WITH_ALTERNATIVES_AT_MOST: Final = 12
"""Dates that cannot be had and get alternatives: each is a search of its own."""
SEARCHED_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A date of a series that cannot be had."""

    wanted: BookingRequest
    moved: Session | None = None
    """The session that was to take place then, where it has a place already."""


def series_view(
    row: SeriesRow, sessions: Sequence[Session], now: datetime, instead: Mapping[SeriesDate, Session] | None = None
) -> SeriesView:
    """Show a series, with the sessions that are booked ``instead`` of its dates that it could not have."""
    problems = [ProblemAt.model_validate(problem) for problem in row.problems]
    booked = {date.occurrence: view(session, now) for date, session in (instead or {}).items() if date.series_id == row.id}
    return SeriesView(
        id=row.id,
        client_id=row.client_id,
        site_id=row.site_id,
        rrule=row.rrule,
        mode=row.mode,
        created_at=row.created_at,
        occurrences=[view(session, now) for session in sessions],
        problems=[problem.model_copy(update={"booked_instead": booked.get(problem.starts_at)}) for problem in problems],
    )


async def find_series(db: ReadSession, series_id: SeriesId, now: datetime) -> SeriesView:
    """Return a series; NotFound where there is none."""
    row = require(await db.find(SeriesRow, series_id), "series", series_id)
    return (await _series(db, [row], now))[0]


LATEST: Final = Keyset(SeriesRow.id, descending=True)


async def list_series(db: ReadSession, client_id: ClientId | None, limit: int, cursor: str | None, now: datetime) -> Page[SeriesView]:
    """Return series, the latest first."""
    limit = min(limit, SERIES_AT_MOST)
    query = LATEST.after(select(SeriesRow), cursor, limit)
    if client_id is not None:
        query = query.where(SeriesRow.client_id == client_id)
    found = LATEST.page(await db.scalars(query), limit)
    return Page(items=await _series(db, found.items, now), next_cursor=found.next_cursor)


async def _series(db: ReadSession, found: Sequence[SeriesRow], now: datetime) -> list[SeriesView]:
    sessions = await sessions_of_series(db, [row.id for row in found])
    occurrences: defaultdict[SeriesId | None, list[Session]] = defaultdict(list)
    for session in sessions:
        occurrences[session.series_id].append(session)
    with_problems = [row.id for row in found if row.problems]
    in_place = await sessions_in_place(db, with_problems) if with_problems else []
    instead = {session.in_place_of: session for session in in_place if session.in_place_of}
    return [series_view(row, occurrences[row.id], now, instead) for row in found]


async def find_date(db: ReadSession, series_id: SeriesId, wanted: NewInPlace) -> SeriesDate:
    """Return the date of a series that a request names; Invalid where the series had it, NotFound where there is no such series."""
    row = require(await db.find(SeriesRow, series_id), "series", series_id)
    if wanted.occurrence not in {datetime.fromisoformat(problem["starts_at"]) for problem in row.problems}:
        detail = "The series has no occurrence at that time that was not booked. Name one of its problems, as the series has them."
        raise Invalid("not-of-the-series", detail, field="occurrence")
    if row.client_id not in {wanted.client_id, *wanted.other_client_ids}:
        detail = "The series is another client's. Book the session for the client of the series, or on its own."
        raise Invalid("another-client", detail, field="client_id")
    return SeriesDate(series_id, wanted.occurrence)


async def decided(session_ids: Sequence[SessionId], waiters: Waiters[Session], database: Database, patience_s: float) -> list[Session]:
    """Return the sessions once all are decided, or as they are when patience ends."""

    async def look(session_id: SessionId) -> Session:
        async with database.reading() as db:
            return await find_session(db, session_id)

    async def wait(session_id: SessionId) -> Session:
        return await waiters.wait(
            session_id, seen[session_id], partial(look, session_id), lambda session: session.pending is None, patience_s
        )

    async with database.reading() as db:
        seen = await find_sessions(db, session_ids)
    return list(await asyncio.gather(*(wait(session_id) for session_id in session_ids)))


async def alternatives(
    unplaced: Sequence[Unplaced],
    taken: Sequence[tuple[datetime, datetime]],
    reference_data: ReferenceData,
    database: Database,
    questions: Questions,
    now: datetime,
) -> list[Sequence[Alternative]]:
    """Return for each date when the people and a room are free, the best first, outside the times that other dates have taken.

    Dates after the first twelve get none. The best of a date is taken for those after it.
    """
    searching = asyncio.Semaphore(SEARCHED_AT_ONCE)

    async def search(date: Unplaced) -> Sequence[Alternative]:
        moved = date.moved.id if date.moved else None
        async with searching:
            found = await availability_queries.alternatives(
                date.wanted, OFFERED_AT_MOST * 2, database, questions, now, others=False, data=reference_data, moved=moved
            )
        return found or ()

    offers: list[Sequence[Alternative]] = []
    taken = list(taken)
    searched = unplaced[:DATES_WITH_ALTERNATIVES_AT_MOST]
    for date, found in zip(searched, await asyncio.gather(*(search(each) for each in searched)), strict=True):
        elsewhere = [one for one in found if date.moved is None or one.starts_at != date.moved.starts_at]
        free = [one for one in elsewhere if all(one.ends_at <= start or end <= one.starts_at for start, end in taken)]
        offers.append(free[:OFFERED_AT_MOST])
        taken += [(one.starts_at, one.ends_at) for one in free[:1]]
    return offers + [()] * (len(unplaced) - len(searched))


def change(session_id: SessionId, outcome: ActionOutcome, now: datetime) -> Change:
    """Show what became of one session of a changed series."""
    session = view(outcome, now) if isinstance(outcome, Session) else None
    return Change(session_id=session_id, problems=field_errors(why(outcome)), session=session)


def changed_sessions(items: Sequence[Change]) -> list[SessionId]:
    """Return the sessions that a change could be made to."""
    return [item.session_id for item in items if item.session is not None]


def with_sessions(items: Sequence[Change], sessions: Sequence[Session], now: datetime, away: Collection[str]) -> list[Change]:
    """Show the sessions of a change as they are by ``now``, while these parts of the platform are away."""
    shown = {session.id: view(session, now, away) for session in sessions}
    return [item.model_copy(update={"session": shown.get(item.session_id, item.session)}) for item in items]


async def undone(
    db: ReadSession, items: Sequence[Change], sessions: Sequence[Session], now: datetime, away: Collection[str]
) -> list[Change]:
    """Show the sessions of an undone cancellation as they are by ``now``; one without a room stays cancelled, with the reason."""
    refused = {
        session.id: await show(db, session, now, away)
        for session in sessions
        if session.status is SessionStatus.CANCELLED and not session.undoing
    }
    return [
        item.model_copy(update={"session": seen, "problems": _of_rooms(seen)}) if (seen := refused.get(item.session_id)) else item
        for item in with_sessions(items, sessions, now, away)
    ]


def _of_rooms(session: SessionView) -> list[FieldError]:
    return [FieldError(field="room_id", code=reason.code, message=f"{reason.message} {reason.fix}") for reason in session.rejection_reasons]


def field_errors(reasons: Sequence[Reason]) -> list[FieldError]:
    """Show reasons."""
    return [
        FieldError(
            field=reason.field,
            code=reason.code,
            message=reason.message,
            times=list(reason.times) or None,
            people=list(reason.people) or None,
        )
        for reason in reasons
    ]


def not_of_series(series_id: SeriesId, session_id: SessionId | None) -> NotFound:
    """Build the error for a session that a series does not have."""
    return NotFound("not-found", f"There is no series {series_id} with a session {session_id}. Read the series again.")
