"""The route of what a fee would change."""

from typing import Annotated
from uuid import UUID

from chassis.http.conventions import Reading
from chassis.http.problems import documented
from contracts.types import Code, Day
from fastapi import APIRouter, Query

from billing.fee_impact import queries
from billing.fee_impact.schemas import FeeImpact
from billing.payers import queries as payers_queries
from billing.payers.schemas import Credential, Fee

router = APIRouter(tags=["coverage"])


@router.get("/payers/{payer_id}/fees/impact", operation_id="read_fee_impact", summary="What a fee would change",
            responses=documented(404))  # fmt: skip
async def read_fee_impact(
    payer_id: UUID,
    db: Reading,
    service_code: Annotated[Code, Query(examples=["90837"])],
    amount: Annotated[Fee, Query(examples=["162.00"])],
    effective_from: Annotated[Day, Query(examples=["2026-07-01"])],
    effective_to: Annotated[Day | None, Query(examples=["2026-12-31"])] = None,
    credential: Annotated[Credential | None, Query(examples=["PhD"])] = None,
) -> FeeImpact:
    """Return how many booked sessions of this payer's clients a fee would touch, and by how much; nothing is written."""
    fee = payers_queries.fee_of(service_code, credential, amount, effective_from, effective_to)
    return await queries.fee_impact(db, payer_id, fee)
