"""Write what happened to sessions."""

from collections.abc import Sequence
from uuid import UUID

from chassis.data.database import Transaction
from chassis.rows.bulk import insert_rows
from contracts.types import ClientId, SessionId

from scheduling.timelines.tables import timeline_table

Entry = tuple[SessionId, str, str, UUID | None, tuple[ClientId, ...]]
"""Of which session, what happened, in detail, the message that carried it, and who joins or leaves."""


def note(tx: Transaction, entries: Sequence[Entry]) -> None:
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
    insert_rows(tx, timeline_table, rows)
