"""Billing's HTTP edge of taking records back, which their claims outlast."""

from chassis.edge import Once, User
from chassis.problems import documented
from contracts.types import RecordId
from fastapi import APIRouter

from billing.claims import withdrawals
from billing.claims.withdrawals import VoidedView
from billing.resources import NewVoid
from billing.today import Today

router = APIRouter(tags=["records"])


@router.post("/records/{record_id}/void", operation_id="void_record", summary="Take a record back", responses=documented(404, 409))
async def void(record_id: RecordId, body: NewVoid, once: Once, by: User, today: Today) -> VoidedView:
    """Reverse the bill; money that came in for it becomes unapplied credit.

    A claim that was sent for it still stands with the payer: the answer names it, and it has to be withdrawn with frequency 8.
    """
    return await once(lambda tx: withdrawals.void(record_id, body, by, today, tx), VoidedView)
