"""Write what happened to sessions."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction
from contracts.types import SessionId
from sqlalchemy import insert

from scheduling.timelines.tables import timeline_table

Entry = tuple[SessionId, str, str, UUID | None]
"""Of which session, what happened, in detail, and the message that carried it."""


async def note(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Write what happened into the timelines."""
    rows = [
        {"session_id": session_id, "at": tx.now, "event": event, "detail": detail, "message_id": message_id}
        for session_id, event, detail, message_id in entries
    ]
    if rows:
        await tx.execute(insert(timeline_table), rows)
