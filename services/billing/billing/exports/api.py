"""Billing's HTTP edge of exports: the boxes of the paper form, and FHIR R4."""

from datetime import timedelta
from typing import Annotated, Any, Final

from chassis.http.conventions import Cursor, Reading
from chassis.http.problems import documented
from contracts.types import Day, RecordId
from fastapi import APIRouter, Query, Request, Response

from billing.exports import fhir, queries
from billing.exports.fhir import MEDIA_TYPE, Resource
from billing.exports.schemas import FormsView
from billing.network.api import Today

router = APIRouter(tags=["exports"])

A_MONTH: Final = timedelta(days=30)
MOST_RECORDS: Final = 200


def _shown(**example: Any) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"type": "object"}, "example": example}}
    return {200: {"description": "A FHIR R4 resource.", "content": content}}


A_CLAIM: Final = _shown(resourceType="Claim", status="active", use="claim", total={"value": 185.0, "currency": "USD"})
A_BUNDLE: Final = _shown(resourceType="Bundle", type="searchset", link=[{"relation": "self", "url": "Claim?from=2026-03-01&to=2026-03-31"}])

Since = Annotated[Day | None, Query(alias="from", description="The first date of service; a month before to, unless stated otherwise.")]
Until = Annotated[Day | None, Query(alias="to", description="The last date of service; today, unless stated otherwise.")]
Records = Annotated[int, Query(ge=1, le=MOST_RECORDS, description="Records on one page.")]


def _answer(resource: Resource) -> Response:
    return Response(fhir.write(resource), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


@router.get("/records/{record_id}/cms1500.json", operation_id="fill_cms1500", summary="The boxes of the paper claim form",
            responses=documented(404, 409))  # fmt: skip
async def fill_cms1500(record_id: RecordId, request: Request, db: Reading) -> FormsView:
    """Return boxes 1 to 33 in parts that a print layer can place, six lines a form."""
    return await queries.cms1500_of(db, record_id, request.app.state.zone)


@router.get("/records/{record_id}/fhir/ChargeItem", operation_id="show_charge_items", summary="A record as FHIR charge items",
            responses=documented(404) | A_BUNDLE, response_class=Response)  # fmt: skip
async def show_charge_items(record_id: RecordId, request: Request, db: Reading) -> Response:
    """Return a bundle with a charge item for each billed code; voided ones are entered in error."""
    return _answer(await queries.charge_items_of(db, record_id, request.app.state.zone))


@router.get("/records/{record_id}/fhir/Claim", operation_id="show_claim", summary="A record as a FHIR claim",
            responses=documented(404) | A_CLAIM, response_class=Response)  # fmt: skip
async def show_claim(record_id: RecordId, request: Request, db: Reading) -> Response:
    """Return a claim that contains whoever stands on it; voided, it is cancelled."""
    return _answer(await queries.claim_of(db, record_id, request.app.state.zone))


@router.get("/fhir/ChargeItem", operation_id="search_charge_items", summary="Charge items of a time", responses=documented() | A_BUNDLE,
            response_class=Response)  # fmt: skip
async def search_charge_items(
    request: Request, db: Reading, today: Today, since: Since = None, until: Until = None, limit: Records = 50, cursor: Cursor = None
) -> Response:
    """Return a page of charge items by date of service, with a link to the next page."""
    end = until or today
    return _answer(await queries.search_charge_items(db, since or end - A_MONTH, end, limit, cursor, request.app.state.zone))


@router.get("/fhir/Claim", operation_id="search_claims", summary="Claims of a time", responses=documented() | A_BUNDLE,
            response_class=Response)  # fmt: skip
async def search_claims(
    request: Request, db: Reading, today: Today, since: Since = None, until: Until = None, limit: Records = 50, cursor: Cursor = None
) -> Response:
    """Return a page of claims by date of service, with a link to the next page; what cannot be shown is an outcome with the reasons."""
    end = until or today
    return _answer(await queries.search_claims(db, since or end - A_MONTH, end, limit, cursor, request.app.state.zone))
