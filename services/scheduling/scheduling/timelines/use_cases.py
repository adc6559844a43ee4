"""Write what happened to sessions."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction
from contracts.types import ClientId, SessionId
from sqlalchemy import insert

from scheduling.timelines.tables import timeline_table

Entry = tuple[SessionId, str, str, UUID | None, tuple[ClientId, ...]]
"""Of which session, what happened, in detail, the message that carried it, and who joins or leaves."""


async def note(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Write what happened into the timelines."""
    rows = [
        {
            "session_id": session_id,
            "at": tx.now,
            "event": event,
            "detail": detail,
            "message_id": message_id,
            "client_ids": list(client_ids),
        }
        for session_id, event, detail, message_id, client_ids in entries
    ]
    if rows:
        await tx.execute(insert(timeline_table), rows)
