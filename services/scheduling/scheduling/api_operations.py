"""The HTTP edge of what operators ask about sagas."""

from datetime import UTC, datetime

from chassis.edge import Limit, Reading
from fastapi import APIRouter

from scheduling import sagas
from scheduling.sagas import Sagas

router = APIRouter(prefix="/operations", tags=["operations"])


@router.get("/sagas", summary="Which sagas wait, and for what", operation_id="sagas")
async def find(db: Reading, limit: Limit = 50) -> Sagas:
    """Return how many sessions stand where, and those that wait longest with what they wait for."""
    return await sagas.get_sagas(db, limit, datetime.now(UTC))
