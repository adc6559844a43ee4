"""Billing's HTTP edge of insurers' remittances."""

from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.files.threads import in_thread
from chassis.http.conventions import Cursor, Limit, Once, Reading, User, large
from chassis.http.problems import documented
from chassis.rows.paging import MAX_PAGE, Page
from contracts.types import RecordId
from fastapi import APIRouter, Query, Request, Response

from billing.payment_advice import x12_835
from billing.payment_advice.advice import RemittanceStatus
from billing.remittances import queries, use_cases
from billing.remittances.schemas import X12, Discard, PostParked, Received, ReceivedView, RemittanceSummary, RemittanceView
from billing.x12.api import EDI, described, read_text

router = APIRouter(prefix="/remittances", tags=["remittances"])

FILE_BODY: Final = described(X12)

TEXT_CONTENT: Final = FILE_BODY["requestBody"]["content"][EDI]

SEEN_BEFORE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": ReceivedView, "description": "It had come before, and stays as it is."}
}

FILE_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {EDI: TEXT_CONTENT}}}


@router.post("", operation_id="receive_remittance", summary="Post an insurer's 835 file", status_code=HTTPStatus.CREATED,
             response_model=ReceivedView, responses=documented(409, 413, 415) | SEEN_BEFORE, openapi_extra=FILE_BODY)  # fmt: skip
async def receive_remittance(request: Request, response: Response, once: Once, by: User) -> Response:
    """Post what an insurer paid, refused or took back, claim by claim; or nothing, and every reason why it is parked.

    Each payment of a file (ST to SE) is posted or parked on its own; the answer is 422 when all of them are parked.
    """
    files = await in_thread(x12_835.read_payments, await read_text(request))
    received = await once(lambda tx: use_cases.receive(files, by, request.app.state.zone, tx), Received, is_large=True)
    if all(each.status is RemittanceStatus.PARKED for each in (received.remittance, *received.remittance.others)):
        raise use_cases.parked(received.remittance)
    return await large(received.remittance, response, HTTPStatus.CREATED if received.is_new else HTTPStatus.OK)


@router.get("", operation_id="list_remittances", summary="List remittances, the latest first")
async def list_remittances(
    db: Reading,
    status: Annotated[RemittanceStatus | None, Query(description="Only such ones; without it, all but discarded ones.")] = None,
    trace_number: Annotated[str | None, Query(max_length=50, description="Only of this payment.")] = None,
    record_id: Annotated[RecordId | None, Query(description="Only those that answer a claim of this record.")] = None,
    has_unassigned: Annotated[bool, Query(description="Only with money of claims that were left out and not assigned.")] = False,  # noqa: FBT002
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RemittanceSummary]:
    """Return the remittances that fit."""
    return await queries.list_remittances(
        db,
        status=status,
        trace_number=trace_number,
        record_id=record_id,
        has_unassigned=has_unassigned,
        limit=limit,
        cursor=cursor,
    )


@router.get("/{remittance_id}", operation_id="find_remittance", summary="Find a remittance", response_model=RemittanceView,
            responses=documented(404))  # fmt: skip
async def find_remittance(
    remittance_id: UUID,
    db: Reading,
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Claims in one answer.")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="next_cursor of the answer before: the claims that follow.")] = None,
) -> Response:
    """Return an insurer's answer to each claim as text, and what it did: the payment whole, and its claims a page at a time."""
    return await large(await queries.find_remittance(db, remittance_id, request.app.state.zone, limit, cursor), response)


@router.get("/{remittance_id}/835", operation_id="read_remittance_835", summary="A remittance's file as it came",
            responses=documented(404) | FILE_ANSWER, response_class=Response)  # fmt: skip
async def read_remittance_835(remittance_id: UUID, db: Reading) -> Response:
    """Return the 835 as it was sent here."""
    text = await queries.read_x12(db, remittance_id)
    return Response(text, media_type=EDI, headers={"Content-Disposition": f'attachment; filename="{remittance_id}.835"'})


@router.post("/{remittance_id}/post", operation_id="post_remittance", summary="Post a parked remittance as somebody has decided",
             response_model=RemittanceView, responses=documented(404, 409))  # fmt: skip
async def post_remittance(remittance_id: UUID, body: PostParked, once: Once, by: User, request: Request, response: Response) -> Response:
    """Post it without some of its claims, or with unknown ones matched to records; refused while more stands in its way."""
    zone = request.app.state.zone
    posted = await once(lambda tx: use_cases.post_parked(remittance_id, body, by, zone, tx), RemittanceView, is_large=True)
    return await large(posted, response)


@router.post("/{remittance_id}/discard", operation_id="discard_remittance", summary="Take a parked remittance out of the list",
             responses=documented(404, 409))  # fmt: skip
async def discard_remittance(remittance_id: UUID, body: Discard, once: Once, by: User, request: Request) -> RemittanceView:
    """Discard what nobody will post, such as a test file; it is kept with who, when and why, and may still be posted."""
    return await once(lambda tx: use_cases.discard(remittance_id, body, by, request.app.state.zone, tx), RemittanceView)
