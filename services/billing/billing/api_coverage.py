"""Billing's HTTP edge of payers, their fees, and what clients are covered by."""

from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.apart import apart
from chassis.edge import PRINTABLE, Cursor, IfMatch, Limit, Once, Page, Reading, User
from chassis.problems import documented
from contracts.types import ClientId, Code, Day
from fastapi import APIRouter, Query, Request, Response

from billing import coverages, fee_impact, payers
from billing.coverages import CoverageView, DiscountView, NewDiscount
from billing.fee_impact import FeeImpact
from billing.payers import CSV, Credential, Fee, FeesImported, FeeView, NewFee, NewPayer, PayerChanges, PayerView
from billing.today import Today

router = APIRouter(tags=["coverage"])

SHEET: Final = "service_code,credential,amount,effective_from,effective_to\n90837,,152.00,2026-01-01,\n"
SHEET_BODY: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string"}, "example": SHEET}}}}
SHEET_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {CSV: {"schema": {"type": "string"}, "example": SHEET}}}}


@router.get("/payers", operation_id="list_payers", summary="List payers by name")
async def list_payers(
    db: Reading,
    q: Annotated[str | None, Query(max_length=100, pattern=PRINTABLE, description="Every word must occur in the name or the code.")] = None,
    is_active: Annotated[bool | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[PayerView]:
    """Return whoever pays for clients."""
    return await payers.list_payers(db, q, is_active, limit, cursor)


@router.post("/payers", operation_id="add_payer", summary="Add a payer", status_code=HTTPStatus.CREATED, responses=documented(409))
async def add_payer(body: NewPayer, once: Once, by: User) -> PayerView:
    """Add somebody who pays for clients."""
    return await once(lambda tx: payers.add_payer(body, by, tx), PayerView)


@router.get("/payers/{payer_id}", operation_id="find_payer", summary="Find a payer", responses=documented(404))
async def find_payer(payer_id: UUID, db: Reading) -> PayerView:
    """Return a payer."""
    return await payers.find_payer(db, payer_id)


@router.patch("/payers/{payer_id}", operation_id="change_payer", summary="Change a payer", responses=documented(404, 412))
async def change_payer(payer_id: UUID, body: PayerChanges, once: Once, expected: IfMatch, by: User) -> PayerView:
    """Change what is named."""
    return await once(lambda tx: payers.change_payer(payer_id, body, expected, by, tx), PayerView)


@router.get("/payers/{payer_id}/fees", operation_id="list_fees", summary="List a payer's fees", responses=documented(404))
async def list_fees(
    payer_id: UUID,
    db: Reading,
    service_code: Code | None = None,
    day: Annotated[Day | None, Query(alias="date", description="Only those in force on this day.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[FeeView]:
    """Return what a payer has agreed to pay, by code and date."""
    return await payers.list_fees(db, payer_id, service_code, day, limit, cursor)


@router.post("/payers/{payer_id}/fees", operation_id="add_fee", summary="Add a fee", status_code=HTTPStatus.CREATED,
             responses=documented(404, 409))  # fmt: skip
async def add_fee(payer_id: UUID, body: NewFee, once: Once, by: User) -> FeeView:
    """Add what a payer has agreed to pay; one without a last day ends an open fee on the day before it begins."""
    return await once(lambda tx: payers.add_fee(payer_id, body, by, tx), FeeView)


@router.post("/payers/{payer_id}/fees/import", operation_id="import_fees", summary="Add a sheet of fees", responses=documented(404),
             openapi_extra=SHEET_BODY)  # fmt: skip
async def import_fees(payer_id: UUID, request: Request, once: Once, by: User) -> FeesImported:
    """Add every line of a CSV sheet in UTF-8, or none and name every bad cell; codes that the catalog does not have are named."""
    sheet = await apart(payers.read_sheet, await request.body())
    return await once(lambda tx: payers.import_fees(payer_id, sheet, by, tx), FeesImported)


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
    """Say how many booked sessions of this payer's clients a fee would touch, and by how much; nothing is written."""
    fee = payers.fee_of(service_code, credential, amount, effective_from, effective_to)
    return await fee_impact.fee_impact(db, payer_id, fee)


@router.get("/payers/{payer_id}/fees.csv", operation_id="export_fees", summary="A payer's fees as a sheet",
            responses=documented(404) | SHEET_ANSWER, response_class=Response)  # fmt: skip
async def export_fees(payer_id: UUID, db: Reading) -> Response:
    """Return a payer's fees as CSV that can be imported again."""
    text = await payers.export_fees(db, payer_id)
    return Response(text, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="fees.csv"'})


@router.get("/clients/{client_id}/coverages", operation_id="list_coverages", summary="What a client is covered by",
            responses=documented(404))  # fmt: skip
async def list_coverages(client_id: ClientId, db: Reading, today: Today) -> Page[CoverageView]:
    """Return what a client is and was covered by, and what is left of it, the latest first."""
    return await coverages.list_coverages(db, client_id, today)


@router.get("/clients/{client_id}/discounts", operation_id="list_discounts", summary="What a client is given off",
            responses=documented(404))  # fmt: skip
async def list_discounts(client_id: ClientId, db: Reading) -> Page[DiscountView]:
    """Return a client's discounts, the latest first."""
    return await coverages.list_discounts(db, client_id)


@router.post("/clients/{client_id}/discounts", operation_id="add_discount", summary="Give a client something off",
             status_code=HTTPStatus.CREATED, responses=documented(404, 409))  # fmt: skip
async def add_discount(client_id: ClientId, body: NewDiscount, once: Once, by: User) -> DiscountView:
    """Take a share off what a client owes outside insurance, for a reason; one without a last day ends an open one."""
    return await once(lambda tx: coverages.add_discount(client_id, body, by, tx), DiscountView)
