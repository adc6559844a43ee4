"""Billing's HTTP edge of unapplied credit."""

from uuid import UUID

from chassis.edge import Cursor, Limit, Reading
from contracts.types import ClientId
from fastapi import APIRouter

from billing import credit
from billing.credit import CreditPage

router = APIRouter(tags=["records"])


@router.get("/credits", operation_id="list_credits", summary="List records with unapplied credit, the oldest date of service first")
async def list_credits(
    db: Reading, client_id: ClientId | None = None, payer_id: UUID | None = None, limit: Limit = 50, cursor: Cursor = None
) -> CreditPage:
    """Return records on which money settles nothing, also voided ones, and whose money it is; it is refunded or moved from there."""
    return await credit.list_credits(db, client_id, payer_id, limit, cursor)
