"""The HTTP edge of rates, as far as booked sessions are concerned; catalog owns them."""

from typing import Annotated

from chassis.http.conventions import Reading
from chassis.http.problems import documented
from contracts.types import Amount, Day, ServiceId
from fastapi import APIRouter, Query

from scheduling.rates import queries
from scheduling.rates.schemas import RateImpact

router = APIRouter(prefix="/services/{service_id}/rates", tags=["rates"])


@router.get("/impact", summary="What a rate would change", operation_id="read_rate_impact", responses=documented(404))
async def read_impact(
    service_id: ServiceId,
    amount: Annotated[Amount, Query(description="The rate to be considered.", examples=["195.00"])],
    effective_from: Annotated[Day, Query(description="Its first day.", examples=["2026-07-01"])],
    db: Reading,
) -> RateImpact:
    """Return how many booked sessions a rate would touch, and by how much; what is booked keeps the price it was promised."""
    return await queries.rate_impact(db, service_id, amount, effective_from)
