"""What operators see of the booking sagas: how many stand where, and which wait longest for what."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession
from contracts.scheduling import SessionStatus
from contracts.types import LONGEST_SESSION
from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, true

from scheduling.progress.schemas import COUNTED_AT_MOST, Sagas, Wait, WaitingSaga
from scheduling.sessions.queries import SESSIONS

GAUGE: Final = Gauge(
    "holdfast_sessions",
    f"Sessions by status that are not finished, without those that are over and not completed, at most {COUNTED_AT_MOST} of each.",
    ["status"],
)

UNDONE_THROUGH_ROOMS: Final = (SessionStatus.CANCELLED.value, SessionStatus.NO_SHOW.value)

UNFINISHED: Final = (SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED)

columns: Final = SESSIONS.c

WAITS: Final = or_(columns.ask_again_at.is_not(None), and_(columns.offer_until.is_not(None), columns.status == SessionStatus.OFFERED.value))

WAITS_FOR: Final = case(
    (columns.pending_hold_id.is_not(None) & columns.status.in_(UNDONE_THROUGH_ROOMS), Wait.UNDO.value),
    (columns.pending_hold_id.is_not(None) & columns.hold_id.is_not(None), Wait.MOVE.value),
    (columns.pending_hold_id.is_not(None), Wait.ROOM.value),
    (columns.ask_again_at.is_not(None), Wait.CONFIRMATION.value),
    else_=Wait.CLIENT.value,
).label("waits_for")

REQUESTED_WITH: Final = func.coalesce(columns.pending_hold_id, columns.hold_id)
"""Hold ids are made in the order of time: the smallest waits longest."""


async def get_sagas(db: ReadSession, limit: int, now: datetime) -> Sagas:
    """Return how many sessions wait in the saga, and the longest waits."""
    longest = select(SESSIONS, WAITS_FOR).where(WAITS).order_by(REQUESTED_WITH, columns.id).limit(limit)
    some = select(WAITS_FOR).where(WAITS).limit(COUNTED_AT_MOST).subquery().c
    counts = {row.waits_for: row[1] for row in await db.rows(select(some.waits_for, func.count()).group_by(some.waits_for))}
    return Sagas(
        sessions=await count_unfinished(db),
        waiting={wait: counts.get(wait.value, 0) for wait in Wait},
        counted_at_most=COUNTED_AT_MOST,
        items=[_waiting(row, now) for row in await db.rows(longest)],
    )


def _waiting(row: Row[*tuple[Any, ...]], now: datetime) -> WaitingSaga:
    since = _minted_at(row.pending_hold_id or row.hold_id)
    return WaitingSaga(
        session_id=row.id,
        status=row.status,
        waits_for=row.waits_for,
        since=since,
        age_seconds=round(max(0.0, (now - since).total_seconds()), 1),
        asks=row.asks,
        next_ask_at=row.ask_again_at,
        gives_up_at=min(filter(None, (row.pending_not_after, row.offer_until)), default=None),
    )


def _minted_at(hold_id: UUID) -> datetime:
    """Read the time out of a UUIDv7."""
    return datetime.fromtimestamp((hold_id.int >> 80) / 1000, UTC)


async def count_unfinished(db: ReadSession) -> dict[SessionStatus, int]:
    """Count the sessions that are not finished, by status, at most ``COUNTED_AT_MOST`` of each."""
    now = func.now()
    begun = and_(columns.starts_at <= now, columns.starts_at > now - LONGEST_SESSION, columns.ends_at > now)
    kinds: list[tuple[SessionStatus, ColumnElement[bool]]] = [(SessionStatus.REQUESTED, true())]
    kinds += [(status, when) for status in (SessionStatus.OFFERED, SessionStatus.BOOKED) for when in (columns.starts_at > now, begun)]
    some = [
        select(columns.starts_at).where(columns.status == status.value, when).limit(COUNTED_AT_MOST).subquery() for status, when in kinds
    ]
    counts = [select(func.count()).select_from(each).scalar_subquery().label(f"count_{number}") for number, each in enumerate(some)]
    [row] = await db.rows(select(*counts))
    counted = Counter[SessionStatus]()
    for (status, _), count in zip(kinds, row, strict=True):
        counted[status] += count
    return {status: min(counted[status], COUNTED_AT_MOST) for status in UNFINISHED}


async def set_gauges(db: ReadSession) -> None:
    """Count unfinished sessions for Prometheus."""
    for status, count in (await count_unfinished(db)).items():
        GAUGE.labels(status.value).set(count)
