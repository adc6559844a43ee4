"""The route of a session's quotes."""

from chassis.http.conventions import Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import SessionId
from fastapi import APIRouter

from billing.quotes import queries
from billing.quotes.schemas import QuoteView

prices = APIRouter(tags=["prices"])


@prices.get("/sessions/{session_id}/quotes", operation_id="list_quotes", summary="What a session was quoted at", responses=documented(404))
async def list_quotes(session_id: SessionId, db: Reading) -> Page[QuoteView]:
    """Return what each client was quoted when the session was booked; empty for a session that billing never received."""
    return await queries.list_quotes(db, session_id)
