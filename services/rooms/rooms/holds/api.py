"""The HTTP edge of holds."""

from typing import Annotated

from chassis.http.conventions import Cursor, Limit, Reading
from chassis.http.problems import documented
from contracts.types import HoldId, RoomId, SessionId, SiteId
from fastapi import APIRouter, Query

from rooms.holds import queries
from rooms.holds.rules import HoldStatus
from rooms.holds.schemas import HoldPage, HoldView

holds = APIRouter(prefix="/holds", tags=["holds"])


@holds.get("", operation_id="list_holds", summary="List holds, the latest first")
async def list_holds(
    db: Reading,
    site_id: SiteId | None = None,
    room_id: RoomId | None = None,
    session_id: Annotated[SessionId | None, Query(description="Only those that keep a room for this session.")] = None,
    status: HoldStatus | None = None,
    needs_replanning: Annotated[
        bool | None,
        Query(
            description="Only those to come whose room is blocked or out of use at their time, or unsuitable, or whose time is outside the "
            "site's opening hours; with false only the others."
        ),
    ] = None,
    soonest_first: Annotated[bool, Query(description="Those that need re-planning by their start, and counted.")] = False,  # noqa: FBT002 (a query parameter)
    limit: Limit = 50,
    cursor: Cursor = None,
) -> HoldPage:
    """Return holds, also those that need another room or another time because somebody made a change although they were booked."""
    return await queries.list_holds(
        db,
        site_id=site_id,
        room_id=room_id,
        session_id=session_id,
        status=status,
        needs_replanning=needs_replanning,
        soonest_first=soonest_first,
        limit=limit,
        cursor=cursor,
    )


@holds.get("/{hold_id}", operation_id="find_hold", summary="Find a hold", responses=documented(404))
async def find_hold(hold_id: HoldId, db: Reading) -> HoldView:
    """Return a hold."""
    return await queries.find_hold(db, hold_id)
