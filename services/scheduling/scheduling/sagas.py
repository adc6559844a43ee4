"""What operators see of the booking sagas: how many stand where, and which wait longest for what."""

from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession
from chassis.edge import View
from contracts.scheduling import SessionStatus
from contracts.types import LONGEST_SESSION, Instant, SessionId
from prometheus_client import Gauge
from pydantic import ConfigDict
from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, true

from scheduling.store import session_table

COUNTED_AT_MOST: Final = 10_000
"""Sessions that are counted of each kind: what there are more of does not make the answer slower."""
GAUGE: Final = Gauge("holdfast_sessions", f"Sessions by status that are not finished, at most {COUNTED_AT_MOST} of each.", ["status"])
UNDONE_THROUGH_ROOMS: Final = (SessionStatus.CANCELLED.value, SessionStatus.NO_SHOW.value)
UNFINISHED: Final = (SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED)


class Wait(StrEnum):
    """What a saga waits for."""

    ROOM = "room"
    """Rooms has not answered for a room."""
    MOVE = "move"
    """Rooms has not answered for the room of a move; the session keeps its old one meanwhile."""
    UNDO = "undo"
    """Rooms has not answered for the room of a cancelled or missed session that is to be booked again."""
    CONFIRMATION = "confirmation"
    """The room is held; rooms has not confirmed that the hold no longer expires."""
    CLIENT = "client"
    """A freed slot is held for somebody who waited for it, and who has not answered."""


columns: Final = session_table.c
WAITS: Final = or_(columns.ask_again_at.is_not(None), and_(columns.offer_until.is_not(None), columns.status == SessionStatus.OFFERED.value))
WAITS_FOR: Final = case(
    (columns.pending_hold_id.is_not(None) & columns.status.in_(UNDONE_THROUGH_ROOMS), Wait.UNDO.value),
    (columns.pending_hold_id.is_not(None) & columns.hold_id.is_not(None), Wait.MOVE.value),
    (columns.pending_hold_id.is_not(None), Wait.ROOM.value),
    (columns.ask_again_at.is_not(None), Wait.CONFIRMATION.value),
    else_=Wait.CLIENT.value,
).label("waits_for")
ASKED_WITH: Final = func.coalesce(columns.pending_hold_id, columns.hold_id)
"""Hold ids are made in the order of time: the smallest waits longest."""


class WaitingSaga(View):
    """A session whose saga waits."""

    session_id: SessionId
    status: SessionStatus
    waits_for: Wait
    since: Instant
    """When what it waits for was first asked for."""
    age_seconds: float
    asks: int
    """How often it was asked for again."""
    next_ask_at: Instant | None
    gives_up_at: Instant | None
    """When waiting ends by itself."""


class Sagas(View):
    """How the booking sagas are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sessions": {"requested": 1, "offered": 0, "booked": 212},
                    "waiting": {"room": 1, "move": 0, "undo": 0, "confirmation": 0, "client": 0},
                    "counted_at_most": COUNTED_AT_MOST,
                    "items": [
                        {
                            "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                            "status": "requested",
                            "waits_for": "room",
                            "since": "2026-02-20T09:30:00Z",
                            "age_seconds": 72.4,
                            "asks": 3,
                            "next_ask_at": "2026-02-20T09:32:30Z",
                            "gives_up_at": "2026-03-02T14:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    sessions: dict[SessionStatus, int]
    """Sessions that are not finished, by status; booked ones that are over do not count."""
    waiting: dict[Wait, int]
    """How many wait for what."""
    counted_at_most: int
    """No count above is larger, and no sum of those that wait; where one is as large, there may be more."""
    items: list[WaitingSaga]
    """Those that wait longest, first."""


async def get_sagas(db: ReadSession, limit: int, now: datetime) -> Sagas:
    """Return how the sagas are."""
    longest = select(session_table, WAITS_FOR).where(WAITS).order_by(ASKED_WITH, columns.id).limit(limit)
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
