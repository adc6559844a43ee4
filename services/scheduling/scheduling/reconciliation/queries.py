"""Read what a comparison found, and what is to be compared."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.data.database import ReadSession, named
from chassis.rows.changes import require
from contracts.billing import CompletedSession
from contracts.rooms import StandingHold
from contracts.scheduling import SessionStatus
from contracts.types import ComparisonId, SessionId
from sqlalchemy import bindparam, select

from scheduling.lifecycle.facts import who_attended
from scheduling.reconciliation.schemas import Difference, Reconciliation
from scheduling.reconciliation.tables import ComparisonRow, DifferenceRow
from scheduling.sessions.queries import SESSIONS

SHOWN: Final = 500

FIRST: Final = UUID(int=0)
"""Before the id of every session."""

STANDING: Final = (
    select(SESSIONS.c.hold_id, SESSIONS.c.id.label("session_id"), SESSIONS.c.room_id, SESSIONS.c.starts_at, SESSIONS.c.ends_at)
    .where(
        SESSIONS.c.status.in_([SessionStatus.BOOKED.value, SessionStatus.OFFERED.value]),
        SESSIONS.c.hold_id.is_not(None),
        SESSIONS.c.room_id.is_not(None),
        SESSIONS.c.ends_at > bindparam("now"),
        SESSIONS.c.id > bindparam("after"),
    )
    .order_by(SESSIONS.c.id)
    .limit(bindparam("most"))
)

COMPLETED: Final = (
    select(SESSIONS.c.id, SESSIONS.c.client_id, SESSIONS.c.other_client_ids, SESSIONS.c.attended)
    .where(SESSIONS.c.status == SessionStatus.COMPLETED.value, SESSIONS.c.id > bindparam("after"))
    .order_by(SESSIONS.c.id)
    .limit(bindparam("most"))
)


async def standing_holds(db: ReadSession, after: SessionId | None, most: int, now: datetime) -> list[StandingHold]:
    """Return the holds of sessions that stand on one and have not ended, by the session's id, behind one."""
    rows = await db.rows(STANDING, {"after": after or FIRST, "most": most, "now": now})
    return [StandingHold(**row) for row in named(rows)]


async def completed_sessions(db: ReadSession, after: SessionId | None, most: int) -> list[CompletedSession]:
    """Return completed sessions with those whose records each has, by id, behind one."""
    rows = await db.rows(COMPLETED, {"after": after or FIRST, "most": most})
    return [CompletedSession(session_id=key, client_ids=who_attended(*clients)) for key, *clients in rows]


async def find(db: ReadSession, comparison_id: ComparisonId) -> Reconciliation:
    """Return a comparison as far as it has come; NotFound where there is none."""
    row = require(await db.find(ComparisonRow, comparison_id), "reconciliation", comparison_id)
    query = select(DifferenceRow).where(DifferenceRow.comparison_id == comparison_id).order_by(DifferenceRow.id).limit(SHOWN)
    return reconciliation_view(row, await db.scalars(query))


def reconciliation_view(row: ComparisonRow, differences: Sequence[DifferenceRow]) -> Reconciliation:
    """Show a comparison with its differences."""
    complete = row.holds_compared_at is not None and row.records_compared_at is not None
    return Reconciliation(
        id=row.id,
        repair=row.repair,
        started_at=row.started_at,
        holds_page=row.holds_page,
        records_page=row.records_page,
        holds_compared_at=row.holds_compared_at,
        records_compared_at=row.records_compared_at,
        is_waiting=not row.holds_page,
        is_complete=complete,
        differences=[Difference.model_validate(difference) for difference in differences],
    )
