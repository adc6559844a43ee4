"""The route of what was changed."""

from typing import Annotated
from uuid import UUID

from chassis.http.conventions import Cursor, Limit, Reading
from chassis.rows.paging import Page
from fastapi import APIRouter, Query

from billing.change_log import queries
from billing.change_log.schemas import ChangeView

router = APIRouter(tags=["parties"])


@router.get("/changes", operation_id="list_changes", summary="Who changed what")
async def list_changes(
    db: Reading,
    key: Annotated[UUID | None, Query(description="Only of this payer, client, record, remittance, therapist or site.")] = None,
    what: Annotated[str | None, Query(max_length=20, pattern="^[a-z_]+$", description="Only of this kind.", examples=["fee"])] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ChangeView]:
    """Return every change to what prices and claims are made of, the latest first, with whom or what it is about."""
    return await queries.list_changes(db, key, what, limit, cursor)
