"""Routes of coverages and discounts."""

from http import HTTPStatus

from chassis.http.conventions import Once, Reading, User
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import ClientId
from fastapi import APIRouter

from billing.coverages import queries, use_cases
from billing.coverages.schemas import CoverageView, DiscountView, NewDiscount
from billing.network.api import Today

router = APIRouter(tags=["coverage"])


@router.get("/clients/{client_id}/coverages", operation_id="list_coverages", summary="What a client is covered by",
            responses=documented(404))  # fmt: skip
async def list_coverages(client_id: ClientId, db: Reading, today: Today) -> Page[CoverageView]:
    """Return what a client is and was covered by, and what is left of it, the latest first."""
    return await queries.list_coverages(db, client_id, today)


@router.get("/clients/{client_id}/discounts", operation_id="list_discounts", summary="What a client is given off",
            responses=documented(404))  # fmt: skip
async def list_discounts(client_id: ClientId, db: Reading) -> Page[DiscountView]:
    """Return a client's discounts, the latest first."""
    return await queries.list_discounts(db, client_id)


@router.post("/clients/{client_id}/discounts", operation_id="add_discount", summary="Give a client something off",
             status_code=HTTPStatus.CREATED, responses=documented(404, 409))  # fmt: skip
async def add_discount(client_id: ClientId, body: NewDiscount, once: Once, by: User) -> DiscountView:
    """Take a share off what a client owes outside insurance, for a reason; one without a last day ends an open one."""
    return await once(lambda tx: use_cases.add_discount(client_id, body, by, tx), DiscountView)
