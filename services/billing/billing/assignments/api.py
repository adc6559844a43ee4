"""The route of assigning a payment."""

from functools import partial
from uuid import UUID

from chassis.http.conventions import Once, User, large
from chassis.http.problems import documented
from fastapi import APIRouter, Request, Response

from billing.assignments import use_cases
from billing.assignments.schemas import Assign
from billing.remittances.schemas import RemittanceView

router = APIRouter(prefix="/remittances", tags=["remittances"])


@router.post("/{remittance_id}/claims/{position}/assign", operation_id="assign_payment",
             summary="Assign the money of a claim that was left out", response_model=RemittanceView,
             responses=documented(404, 409))  # fmt: skip
async def assign_payment(
    remittance_id: UUID, position: int, body: Assign, once: Once, by: User, request: Request, response: Response
) -> Response:
    """Post it to a record as the insurer's payment or, of money that is taken back, take it from there; a reversal puts it back."""
    zone = request.app.state.zone
    work = partial(use_cases.assign, remittance_id, position, body, by, zone)
    return await large(await once(work, RemittanceView, is_large=True), response)
