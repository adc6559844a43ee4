"""Routes of payers and their fees."""

from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.files.threads import in_thread
from chassis.http.conventions import Cursor, IfMatch, Limit, Once, Reading, User
from chassis.http.problems import documented
from chassis.rows.paging import Page
from chassis.text import PRINTABLE
from contracts.types import Code, Day
from fastapi import APIRouter, Query, Request, Response

from billing.payers import queries, use_cases
from billing.payers.schemas import CSV, FeesImported, FeeView, NewFee, NewPayer, PayerChanges, PayerView

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
    return await queries.list_payers(db, q, is_active, limit, cursor)


@router.post("/payers", operation_id="add_payer", summary="Add a payer", status_code=HTTPStatus.CREATED, responses=documented(409))
async def add_payer(body: NewPayer, once: Once, by: User) -> PayerView:
    """Add somebody who pays for clients."""
    return await once(lambda tx: use_cases.add_payer(body, by, tx), PayerView)


@router.get("/payers/{payer_id}", operation_id="find_payer", summary="Find a payer", responses=documented(404))
async def find_payer(payer_id: UUID, db: Reading) -> PayerView:
    """Return a payer."""
    return await queries.find_payer(db, payer_id)


@router.patch("/payers/{payer_id}", operation_id="change_payer", summary="Change a payer", responses=documented(404, 412))
async def change_payer(payer_id: UUID, body: PayerChanges, once: Once, expected: IfMatch, by: User) -> PayerView:
    """Change what is named."""
    return await once(lambda tx: use_cases.change_payer(payer_id, body, expected, by, tx), PayerView)


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
    return await queries.list_fees(db, payer_id, service_code, day, limit, cursor)


@router.post("/payers/{payer_id}/fees", operation_id="add_fee", summary="Add a fee", status_code=HTTPStatus.CREATED,
             responses=documented(404, 409))  # fmt: skip
async def add_fee(payer_id: UUID, body: NewFee, once: Once, by: User) -> FeeView:
    """Add what a payer has agreed to pay; one without a last day ends an open fee on the day before it begins."""
    return await once(lambda tx: use_cases.add_fee(payer_id, body, by, tx), FeeView)


@router.post("/payers/{payer_id}/fees/import", operation_id="import_fees", summary="Add a sheet of fees", responses=documented(404),
             openapi_extra=SHEET_BODY)  # fmt: skip
async def import_fees(payer_id: UUID, request: Request, once: Once, by: User) -> FeesImported:
    """Add every line of a CSV sheet in UTF-8, or none and name every bad cell; codes that the catalog does not have are named."""
    sheet = await in_thread(use_cases.read_sheet, await request.body())
    return await once(lambda tx: use_cases.import_fees(payer_id, sheet, by, tx), FeesImported)


@router.get("/payers/{payer_id}/fees.csv", operation_id="export_fees", summary="A payer's fees as a sheet",
            responses=documented(404) | SHEET_ANSWER, response_class=Response)  # fmt: skip
async def export_fees(payer_id: UUID, db: Reading) -> Response:
    """Return a payer's fees as CSV that can be imported again."""
    text = await queries.export_fees(db, payer_id)
    return Response(text, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="fees.csv"'})
