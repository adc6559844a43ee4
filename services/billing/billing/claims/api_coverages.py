"""Billing's HTTP edge of changes to coverages, which reach records and their claims."""

from uuid import UUID

from chassis.edge import IfMatch, Once, User
from chassis.problems import documented
from fastapi import APIRouter, Request

from billing.claims import coverages as claim_coverages
from billing.claims.coverages import CoverageChanged
from billing.coverages import CoverageChanges

router = APIRouter(tags=["coverage"])


@router.patch("/coverages/{coverage_id}", operation_id="change_coverage", summary="Change or correct a coverage",
              responses=documented(404, 409, 412))  # fmt: skip
async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, once: Once, expected: IfMatch, by: User, request: Request
) -> CoverageChanged:
    """Change what is named; what is left of a plan comes with the day on which it was learnt.

    A corrected payer, member id, group, relationship or subscriber reaches every record that was not claimed. Of records that were
    claimed, the answer says what to do. Who changed what and when is kept (GET /changes).
    """
    zone = request.app.state.zone
    return await once(lambda tx: claim_coverages.change_coverage(coverage_id, body, expected, by, zone, tx), CoverageChanged)
