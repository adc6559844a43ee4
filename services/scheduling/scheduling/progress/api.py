"""The HTTP edge of what operators read about sagas."""

from datetime import UTC, datetime

from chassis.http.conventions import Limit, Reading
from fastapi import APIRouter

from scheduling.progress import queries
from scheduling.progress.schemas import Sagas

router = APIRouter(prefix="/operations", tags=["operations"])


@router.get("/sagas", summary="Which sagas wait, and for what", operation_id="sagas")
async def find(db: Reading, limit: Limit = 50) -> Sagas:
    """Return how many sessions stand where, and those that wait longest with what they wait for."""
    return await queries.get_sagas(db, limit, datetime.now(UTC))
