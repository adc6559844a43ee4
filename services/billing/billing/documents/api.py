"""Billing's HTTP edge of documents: superbills, receipts, statements and good-faith estimates."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.http.conventions import Cursor, Limit, Once, Reading, User
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import ClientId, Day, RecordId
from fastapi import APIRouter, Depends, Query, Request, Response

from billing.documents import queries, use_cases
from billing.documents.queries import Period
from billing.documents.schemas import EstimateView, NewEstimate
from billing.documents.use_cases import PdfRenderer
from billing.network.api import Today

router = APIRouter(tags=["papers"])

PDF: Final = "application/pdf"
A_DOCUMENT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The document.", "content": {PDF: {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 …"}}}
}
A_QUARTER: Final = timedelta(days=90)


async def _renderer(request: Request) -> PdfRenderer:
    return request.app.state.renderer


Printing = Annotated[PdfRenderer, Depends(_renderer)]


async def _period(
    request: Request,
    today: Today,
    since: Annotated[
        Day | None, Query(alias="from", description="The first day of postings; 90 days before to, unless stated otherwise.")
    ] = None,
    until: Annotated[
        Day | None, Query(alias="to", description="The last day of postings; as_of or today, unless stated otherwise.")
    ] = None,
    as_of: Annotated[
        Day | None, Query(description="What is owed, and for how long, at the end of this day; to, unless stated otherwise.")
    ] = None,
) -> Period:
    end = until or as_of or today
    return Period(since or end - A_QUARTER, end, as_of or end, request.app.state.zone)


def _answer(pdf: bytes, name: str) -> Response:
    """Answer with a document that no cache keeps: it is about somebody."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type=PDF, headers=headers)


@router.get("/records/{record_id}/superbill.pdf", operation_id="print_superbill", summary="A superbill",
            responses=documented(404, 409) | A_DOCUMENT, response_class=Response)  # fmt: skip
async def print_superbill(record_id: RecordId, request: Request, db: Reading, renderer: Printing) -> Response:
    """Print a session as insurers want to see it, with what was paid by whom; 409 for a record that was taken back."""
    document = await queries.superbill_of(db, record_id, request.app.state.zone)
    return _answer(await renderer.render(document), f"superbill-{record_id}")


@router.get("/records/{record_id}/receipts/{transaction_id}.pdf", operation_id="print_receipt",
            summary="A receipt for a payment or a refund", responses=documented(404) | A_DOCUMENT, response_class=Response)  # fmt: skip
async def print_receipt(record_id: RecordId, transaction_id: UUID, request: Request, db: Reading, renderer: Printing) -> Response:
    """Print a receipt for a payment or a refund of the record's ledger; one that was reversed reports it, and when."""
    document = await queries.receipt_of(db, record_id, transaction_id, request.app.state.zone)
    return _answer(await renderer.render(document), f"receipt-{transaction_id}")


@router.get("/clients/{client_id}/statement.pdf", operation_id="print_statement", summary="A client's statement",
            responses=documented() | A_DOCUMENT, response_class=Response)  # fmt: skip
async def print_statement(client_id: ClientId, about: Annotated[Period, Depends(_period)], db: Reading, renderer: Printing) -> Response:
    """Print what was owed, charged, paid and adjusted in a time, and what is owed as of a day and for how long."""
    document = await queries.statement_of(db, client_id, about)
    return _answer(await renderer.render(document), f"statement-{client_id}-{about.as_of}")


@router.post("/good-faith-estimates", operation_id="add_estimate", summary="Estimate what planned visits will cost",
             status_code=HTTPStatus.CREATED, responses=documented(409))  # fmt: skip
async def add_estimate(body: NewEstimate, once: Once, today: Today, by: User) -> EstimateView:
    """Price planned visits for a client who pays for themselves, and keep the estimate under a number."""
    return await once(lambda tx: use_cases.add_estimate(body, today, by, tx), EstimateView)


@router.get("/good-faith-estimates", operation_id="list_estimates", summary="List estimates, the latest first")
async def list_estimates(db: Reading, client_id: ClientId | None = None, limit: Limit = 50, cursor: Cursor = None) -> Page[EstimateView]:
    """Return good-faith estimates as they were given."""
    return await queries.list_estimates(db, client_id, limit, cursor)


@router.get("/good-faith-estimates/{estimate_id}.pdf", operation_id="print_estimate", summary="An estimate's document",
            responses=documented(404) | A_DOCUMENT, response_class=Response)  # fmt: skip
async def print_estimate(estimate_id: UUID, db: Reading, renderer: Printing) -> Response:
    """Print an estimate as it was given to the client, whatever has changed since."""
    return _answer(await renderer.render(await queries.document_of(db, estimate_id)), f"estimate-{estimate_id}")


@router.get("/good-faith-estimates/{estimate_id}", operation_id="find_estimate", summary="Find an estimate", responses=documented(404))
async def find_estimate(estimate_id: UUID, db: Reading) -> EstimateView:
    """Return an estimate as it was given to the client."""
    return await queries.find_estimate(db, estimate_id)
