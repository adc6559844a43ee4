"""The route of a preview."""

from chassis.http.conventions import Reading
from chassis.http.problems import documented
from fastapi import APIRouter

from billing.network.api import Today
from billing.previews import queries
from billing.previews.schemas import PreviewRequest, PreviewView, SeriesPreviewRequest, SeriesPreviewView

prices = APIRouter(tags=["prices"])


@prices.post("/preview", operation_id="preview", summary="What a visit will cost, before it is booked", responses=documented(404))
async def preview(body: PreviewRequest, db: Reading, today: Today) -> PreviewView:
    """Price a visit by the very function that will make its record; nothing is written."""
    return await queries.preview(db, body, today)


@prices.post("/series/preview", operation_id="preview_series", summary="What visits on several days will cost", responses=documented(404))
async def preview_series(body: SeriesPreviewRequest, db: Reading) -> SeriesPreviewView:
    """Price visits one after the other: each uses up what those before it leave of deductible, maximum and authorised visits."""
    return await queries.preview_series(db, body)
