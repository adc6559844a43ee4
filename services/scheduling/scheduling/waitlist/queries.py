"""Read who waits, and where they stand."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession
from chassis.errors import Conflict, DomainError
from chassis.rows.changes import require
from chassis.rows.column_types import MOMENT
from chassis.rows.paging import Page, page, read_cursor
from contracts.scheduling import Modality, SessionStatus
from contracts.types import ClientId, EntryId, SessionId, SiteId
from sqlalchemy import BindParameter, ColumnElement, Integer, Row, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from scheduling.people.queries import CLIENTS
from scheduling.sessions.actions import OFFER_DECLINED, OFFER_RAN_OUT
from scheduling.sessions.queries import SESSIONS
from scheduling.timelines import queries as timelines_queries
from scheduling.waitlist.schemas import EntryStatus, EntryView, LogLine
from scheduling.waitlist.tables import EntryRow, WaitlistLogRow

LIST_NAME: Final = "waitlist"
"""Names the list in its cursors."""

SHOWN: Final = 200

UNBOOKED: Final = (SessionStatus.CANCELLED.value, SessionStatus.REJECTED.value)
"""Of a session that was offered: nobody took it, where its deadline is still there."""

NOW: Final = bindparam("now", type_=MOMENT)

MOST: Final[BindParameter[int]] = bindparam("most", type_=Integer())

OFFERED: Final = "offered"
"""In the log: a slot is held for them."""

HELD_UNTIL: Final = ", held until "
"""Parts the slot from its deadline in the detail of an offer."""

ANSWERED: Final = {"booked": "booked", "cancelled": "cancelled", "rejected": "no room"}
"""In the log, by the step of the session that was offered with which the offer ended."""

GIVEN_UP: Final = {OFFER_DECLINED: "declined", OFFER_RAN_OUT: "ran out"}
"""In the log, by the reason for which a session that was offered was cancelled."""

BY: Final = {
    "site": EntryRow.site_id == bindparam("site"),
    "client": EntryRow.client_id == bindparam("client"),
    "after": EntryRow.id > bindparam("after"),
}
"""What a list may be bounded by."""

LAST: Final = SESSIONS.alias()
"""The session that somebody was offered last; made once, because an alias takes longer than a statement."""


NOTHING_OFFERED: Final = {
    EntryStatus.WAITING: "No slot is held for this client now: it was declined, or the offer ran out. They wait for the next one.",
    EntryStatus.OFFERED: "The room of this slot is not held yet. Try again in a moment.",
    EntryStatus.BOOKED: "The slot is booked for this client already. If they do not want it, cancel its session.",
    EntryStatus.EXPIRED: "No slot is held for this client any more, and the time in which they could come has passed. Add them anew.",
    EntryStatus.WITHDRAWN: "This client was removed from the waitlist, and nothing is held for them. Add them anew, or book a session.",
}
"""Why no offer can be answered now, and what would work."""


async def last_offer(db: ReadSession, entry_id: EntryId, now: datetime) -> SessionId:
    """Return the session that was offered to somebody last, whatever became of it.

    Conflict where there never was one, NotFound where there is no such entry.
    """
    seen = await find(db, entry_id, now)
    if seen.session_id is None:
        raise nothing_offered(seen)
    return seen.session_id


def nothing_offered(entry: EntryView) -> DomainError:
    """Return the error that nothing is held for somebody now."""
    return Conflict("nothing-offered", NOTHING_OFFERED[entry.status], entry_status=entry.status)


async def find(db: ReadSession, entry_id: EntryId, now: datetime) -> EntryView:
    """Return one entry as it is at ``now``, with its log; NotFound where there is none."""
    found = await db.rows(_entries().where(EntryRow.id == entry_id), {"now": now})
    [row] = require(found or None, "waitlist entry", entry_id)
    lines = await db.scalars(
        select(WaitlistLogRow).where(WaitlistLogRow.entry_id == entry_id).order_by(WaitlistLogRow.id.desc()).limit(SHOWN)
    )
    decisions = [LogLine.model_validate(line) for line in reversed(list(lines))]
    log = sorted([*decisions, *await _answers(db, decisions)], key=attrgetter("at"))
    return _view(row).model_copy(update={"log": log})


async def _answers(db: ReadSession, decisions: Sequence[LogLine]) -> list[LogLine]:
    """Return what became of each slot that was offered; a booked session's own timeline goes on from there."""
    offers = {line.session_id: line for line in decisions if line.event == OFFERED and line.session_id is not None}
    if not offers:
        return []
    ended = await timelines_queries.first_of(db, offers, ANSWERED)
    rows = await db.rows(select(SESSIONS.c.id, SESSIONS.c.cancellation_reason).where(SESSIONS.c.id.in_(ended)))
    why = {row.id: row.cancellation_reason for row in rows}
    return [
        offers[session_id].model_copy(
            update={
                "at": at,
                "event": GIVEN_UP.get(why[session_id] or "", "cancelled") if event == "cancelled" else ANSWERED[event],
                "detail": offers[session_id].detail.partition(HELD_UNTIL)[0],
                "times": (offers[session_id].times or [])[:1] or None,
            }
        )
        for session_id, (event, at) in ended.items()
    ]


async def list_entries(
    db: ReadSession,
    site_id: SiteId | None,
    client_id: ClientId | None,
    status: EntryStatus | None,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> Page[EntryView]:
    """Return those who wait at ``now``, the first to be offered a slot first."""
    requested = {"site": site_id, "client": client_id, "after": read_cursor(LIST_NAME, cursor, UUID)[0] if cursor else None}
    bound = {name: value for name, value in requested.items() if value is not None}
    rows = await db.rows(_list(status, tuple(bound)), {"now": now, "most": limit + 1, **bound})
    return page([_view(row) for row in rows], limit, lambda entry: (entry.id,), LIST_NAME)


def _has_nothing(last: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Whether somebody with this last offer, if any, has neither a slot that is held for them nor one that they took."""
    return or_(last.id.is_(None), and_(last.status.in_(UNBOOKED), last.offer_until.is_not(None)))


def status_at(now: datetime | BindParameter[datetime]) -> ColumnElement[str]:
    """Return where somebody stands: an offer that they took has no deadline any more, whatever became of it later."""
    free = _has_nothing(SESSIONS.c)
    return case(
        (EntryRow.withdrawn_at.is_not(None), EntryStatus.WITHDRAWN.value),
        (~free & SESSIONS.c.offer_until.is_not(None), EntryStatus.OFFERED.value),
        (~free, EntryStatus.BOOKED.value),
        (EntryRow.latest <= now, EntryStatus.EXPIRED.value),
        else_=EntryStatus.WAITING.value,
    )


def _bounds(status: EntryStatus) -> Iterator[ColumnElement[bool]]:
    """Yield what a status is at ``NOW``, and what it entails for an entry itself, which an index can find."""
    if status is EntryStatus.WITHDRAWN:
        yield EntryRow.withdrawn_at.is_not(None)
        return
    yield EntryRow.withdrawn_at.is_(None)
    yield status_at(NOW) == status.value
    if status is EntryStatus.BOOKED:
        yield EntryRow.session_id.is_not(None)
    if status is EntryStatus.OFFERED:
        offered = select(SESSIONS.c.entry_id).where(SESSIONS.c.offer_until.is_not(None), SESSIONS.c.status.not_in(UNBOOKED))
        yield EntryRow.id.in_(offered.where(SESSIONS.c.entry_id.is_not(None)).correlate(None))


@cache
def _list(status: EntryStatus | None, by: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Select at most ``MOST`` entries in the order in which they are offered a slot; there are few such lists, and each is built once."""
    wanted: list[ColumnElement[bool]] = [BY[name] for name in by]
    if status is EntryStatus.WAITING:
        wanted = [EntryRow.id.in_(_first_waiting(wanted))]
    elif status is not None:
        wanted += _bounds(status)
    return _entries().where(*wanted).order_by(EntryRow.id).limit(MOST)


def _first_waiting(wanted: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """Select the first who wait at ``NOW``: in their order, their sessions are looked up until there are enough."""
    could = select(EntryRow.id, EntryRow.session_id).where(EntryRow.withdrawn_at.is_(None), EntryRow.latest > NOW, *wanted)
    could_wait = could.order_by(EntryRow.id).offset(0).subquery().c
    waiting = select(could_wait.id).outerjoin(LAST, LAST.c.id == could_wait.session_id).where(_has_nothing(LAST.c))
    return waiting.order_by(could_wait.id).limit(MOST)


SHOWN_OF_ENTRY: Final = tuple(column for column in EntryRow.__table__.columns if column.name in EntryView.model_fields)
"""Columns, because an object for each row takes longer than the rest of the page."""

NAMES_OF_ENTRY: Final = tuple(column.name for column in SHOWN_OF_ENTRY)


@cache
def _entries() -> Select[*tuple[Any, ...]]:
    """Select what is shown of entries at ``NOW``; built once, because that takes longer than to run it."""
    other, others_session = aliased(EntryRow), SESSIONS.alias()
    waits = other.withdrawn_at.is_(None) & (other.latest > NOW) & _has_nothing(others_session.c)
    position = (
        select(func.count())
        .select_from(other)
        .outerjoin(others_session, others_session.c.id == other.session_id)
        .where(other.site_id == EntryRow.site_id, other.id <= EntryRow.id, waits)
        .scalar_subquery()
    )
    return (
        select(*SHOWN_OF_ENTRY, status_at(NOW), SESSIONS.c.offer_until, position, CLIENTS.c.full_name)
        .outerjoin(SESSIONS, SESSIONS.c.id == EntryRow.session_id)
        .join(CLIENTS, CLIENTS.c.id == EntryRow.client_id)
    )


def _view(row: Row[*tuple[Any, ...]]) -> EntryView:
    """Make a view of a row of ``_entries``."""
    *entry, status, offer_until, position, client_name = row
    kept = dict(zip(NAMES_OF_ENTRY, entry, strict=True))
    hours = kept["hours"]
    stated: dict[str, Any] = {
        "client_name": client_name,
        "modality": Modality(kept["modality"]),
        "hours": hours and {day: [(begin, end) for begin, end in spans] for day, spans in hours.items()},
        "status": EntryStatus(status),
        "position": position if status == EntryStatus.WAITING.value else None,
        "offer_until": offer_until if status == EntryStatus.OFFERED.value else None,
        "log": [],
    }
    return EntryView.of(kept | stated)
