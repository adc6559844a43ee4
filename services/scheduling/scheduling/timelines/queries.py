"""Read timelines."""

from collections.abc import Collection
from datetime import datetime

from chassis.data.database import ReadSession
from chassis.rows.changes import require
from contracts.types import ClientId, SessionId
from sqlalchemy import select

from scheduling.timelines.schemas import Timeline, TimelineEntry
from scheduling.timelines.tables import TimelineRow


async def get_timeline(db: ReadSession, session_id: SessionId) -> Timeline:
    """Return what happened to a session, step by step; NotFound without that session."""
    found = await db.scalars(select(TimelineRow).where(TimelineRow.session_id == session_id).order_by(TimelineRow.id))
    rows = require(found or None, "session", session_id)
    begun = rows[0].at
    return Timeline(
        items=[
            TimelineEntry(
                at=row.at,
                event=row.event,
                detail=row.detail,
                message_id=row.message_id,
                client_ids=[ClientId(each) for each in row.client_ids],
                elapsed_ms=round((row.at - begun).total_seconds() * 1000, 1),
            )
            for row in rows
        ]
    )


async def first_of(db: ReadSession, session_ids: Collection[SessionId], events: Collection[str]) -> dict[SessionId, tuple[str, datetime]]:
    """Return which of these events was the first of each session, and when."""
    about = TimelineRow.session_id.in_(session_ids), TimelineRow.event.in_(events)
    rows = await db.rows(select(TimelineRow.session_id, TimelineRow.event, TimelineRow.at).where(*about).order_by(TimelineRow.id.desc()))
    return {row.session_id: (row.event, row.at) for row in rows}
