"""Billing's HTTP edge of coverages that are added or changed, which reaches records and their claims."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

from chassis.http.conventions import IfMatch, Once, UnitOfWork, User
from chassis.http.problems import documented
from contracts.types import ClientId
from fastapi import APIRouter, Request, Response

from billing.coverages.schemas import CoverageChanges, DiscountChanges, DiscountView, NewCoverage
from billing.network.api import Today
from billing.payers.schemas import FeeChanges, FeeView
from billing.repricing import queries, use_cases
from billing.repricing.schemas import CoverageChanged, Looked, Repriced

router = APIRouter(tags=["coverage"])


@router.post("/clients/{client_id}/coverages", operation_id="add_coverage", summary="Cover a client", status_code=HTTPStatus.CREATED,
             responses=documented(404, 409))  # fmt: skip
async def add_coverage(
    client_id: ClientId, body: NewCoverage, once: Once, by: User, request: Request, response: Response, today: Today
) -> CoverageChanged:
    """Record which plan covers a client from a day on; one without a last day ends an open one on the day before.

    A client has one coverage on a day, the primary insurer's. Insured records of its days that were not claimed are priced anew by it.
    Billing keeps no list of clients, so that any id is taken: look the client up in scheduling first (GET /clients/{client_id}).
    """
    added = await once(lambda tx: use_cases.add_coverage(client_id, body, by, today, tx), CoverageChanged)
    return await _follow(added, request, response, today)


@router.patch("/coverages/{coverage_id}", operation_id="change_coverage", summary="Change or correct a coverage",
              responses=documented(404, 409, 412))  # fmt: skip
async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, once: Once, expected: IfMatch, by: User, request: Request, response: Response, today: Today
) -> CoverageChanged:
    """Change what is named; what is left of a plan comes with the day on which it was learnt.

    A corrected payer, member id, group, relationship or subscriber reaches every record that was not claimed, and so do corrected terms
    that prices depend on. Of records that were claimed, the answer states what to do. Who changed what and when is kept (GET /changes).
    """
    zone = request.app.state.zone
    changed = await once(lambda tx: use_cases.change_coverage(coverage_id, body, expected, by, zone, tx), CoverageChanged)
    return await _follow(changed, request, response, today)


@router.patch("/fees/{fee_id}", operation_id="change_fee", summary="Correct or end a fee", responses=documented(404, 409, 412))
async def change_fee(fee_id: UUID, body: FeeChanges, once: Once, expected: IfMatch, by: User) -> FeeView:
    """Change what is named; records that are made keep their amounts until they are replaced.

    A fee that ends on the day before it begins was entered by mistake: records that were made with it and not claimed are soon priced anew.
    """
    return await once(lambda tx: use_cases.change_fee(fee_id, body, expected, by, tx), FeeView)


@router.patch("/discounts/{discount_id}", operation_id="change_discount", summary="Correct or end a discount",
              responses=documented(404, 409, 412))  # fmt: skip
async def change_discount(
    discount_id: UUID, body: DiscountChanges, once: Once, expected: IfMatch, by: User, request: Request, response: Response
) -> DiscountView:
    """Change what is named; records that are made keep their amounts until they are replaced.

    A discount that ends on the day before it begins was entered by mistake: records that were made with it and not claimed are priced anew.
    """
    zone = request.app.state.zone
    changed = await once(lambda tx: use_cases.change_discount(discount_id, body, expected, by, zone, tx), DiscountView)
    again, looked = UnitOfWork(request.app.state.database, response, None), Looked(after=None)
    while True:
        after = looked.after
        looked = await again(lambda tx, after=after: use_cases.reprice_discounted(changed, after, by, zone, tx), Looked)
        if looked.after is None:
            return changed


async def _follow(changed: CoverageChanged, request: Request, response: Response, today: date) -> CoverageChanged:
    """Price the records anew that follow a coverage, in transactions of their own, which others need not wait for long.

    What a failure leaves is done by the scheduled job.
    """
    if not changed.following:
        return changed
    zone = request.app.state.zone
    again = UnitOfWork(request.app.state.database, response, None)
    while not (await again(lambda tx: use_cases.reprice(changed.id, zone, tx), Repriced)).is_whole:
        pass
    async with request.app.state.database.reading() as db:
        return await queries.followed(changed, today, db)
