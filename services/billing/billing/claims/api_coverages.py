"""Billing's HTTP edge of changes to coverages, which reach records and their claims."""

from uuid import UUID

from chassis.edge import IfMatch, Once, UnitOfWork, User
from chassis.problems import documented
from fastapi import APIRouter, Request, Response

from billing.claims import coverages as claim_coverages
from billing.claims.coverages import CoverageChanged, Repriced
from billing.coverages import CoverageChanges
from billing.today import Today

router = APIRouter(tags=["coverage"])


@router.patch("/coverages/{coverage_id}", operation_id="change_coverage", summary="Change or correct a coverage",
              responses=documented(404, 409, 412))  # fmt: skip
async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, once: Once, expected: IfMatch, by: User, request: Request, response: Response, today: Today
) -> CoverageChanged:
    """Change what is named; what is left of a plan comes with the day on which it was learnt.

    A corrected payer, member id, group, relationship or subscriber reaches every record that was not claimed. Of records that were
    claimed, the answer says what to do. Who changed what and when is kept (GET /changes).
    """
    zone = request.app.state.zone
    changed = await once(lambda tx: claim_coverages.change_coverage(coverage_id, body, expected, by, zone, tx), CoverageChanged)
    if not changed.following:
        return changed
    # In transactions of their own, which others need not wait for long; what a failure leaves is done by the scheduled job.
    again = UnitOfWork(request.app.state.database, response, None)
    while not (await again(lambda tx: claim_coverages.reprice(coverage_id, zone, tx), Repriced)).is_whole:
        pass
    async with request.app.state.database.reading() as db:
        return await claim_coverages.followed(changed, today, db)
