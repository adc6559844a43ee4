"""Quotes of a session."""

from typing import Final, cast

from chassis.data.database import ReadSession
from chassis.rows.paging import Page
from contracts.types import SessionId
from sqlalchemy import Table as CoreTable
from sqlalchemy import select

from billing.quotes.schemas import QuoteView
from billing.quotes.tables import QuoteRow

QUOTE: Final = cast("CoreTable", QuoteRow.__table__)
"""Quotes, to be joined in what other capabilities read."""


async def list_quotes(db: ReadSession, session_id: SessionId) -> Page[QuoteView]:
    """Return what each client of a session was quoted when it was booked."""
    rows = await db.scalars(select(QuoteRow).where(QuoteRow.session_id == session_id, ~QuoteRow.is_void).order_by(QuoteRow.client_id))
    return Page(items=[QuoteView.model_validate(row) for row in rows])
