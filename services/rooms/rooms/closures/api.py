"""The HTTP edge of what may take the room from booked sessions: changes of sites and rooms, special days, blocks."""

from http import HTTPStatus
from typing import Annotated

from chassis.http.conventions import IfMatch, Once, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import Day, RoomId, SiteId
from fastapi import APIRouter, Query

from rooms.closures import queries, use_cases
from rooms.closures.schemas import SpecialDayView
from rooms.places.schemas import BlockView, NewBlock, NewSpecialDay, RoomChanges, RoomView, SiteChanges, SiteView

sites = APIRouter(prefix="/sites", tags=["sites"])
rooms = APIRouter(prefix="/rooms", tags=["rooms"])
blocks = APIRouter(tags=["blocks"])

Force = Annotated[bool, Query(description="Do it over booked sessions; they stay booked and are marked for re-planning.")]


@sites.patch("/{site_id}", operation_id="change_site", summary="Change a site", responses=documented(404, 409, 412))
async def change_site(site_id: SiteId, body: SiteChanges, if_match: IfMatch, once: Once, *, force: Force = False) -> SiteView:
    """Change what is named; a site with booked sessions is deactivated only by force."""
    return await once(lambda tx: use_cases.change_site(site_id, body, if_match, tx, force=force), SiteView)


@sites.get("/{site_id}/special-days", operation_id="list_special_days", summary="Closed days and special hours", responses=documented(404))
async def list_special_days(
    site_id: SiteId,
    db: Reading,
    begin: Annotated[Day | None, Query(alias="from")] = None,
    end: Annotated[Day | None, Query(alias="to", description="Included.")] = None,
) -> Page[SpecialDayView]:
    """Return the days on which the site keeps other hours than its weekdays have."""
    return await queries.list_special_days(db, site_id, begin, end)


@sites.put("/{site_id}/special-days/{day}", operation_id="put_special_day", summary="Close a day, or give it other hours",
           responses=documented(404, 409))  # fmt: skip
async def put_special_day(site_id: SiteId, day: Day, body: NewSpecialDay, once: Once, *, force: Force = False) -> SpecialDayView:
    """Give a day other hours, or none; over booked sessions a 409 lists them, unless forced."""
    return await once(lambda tx: use_cases.put_special_day(site_id, day, body, tx, force=force), SpecialDayView)


@sites.delete("/{site_id}/special-days/{day}", operation_id="remove_special_day", summary="Give a day its usual hours again",
              status_code=HTTPStatus.NO_CONTENT, responses=documented(404))  # fmt: skip
async def remove_special_day(site_id: SiteId, day: Day, once: Once) -> None:
    """Give a day the hours of its weekday again."""
    await once(lambda tx: use_cases.remove_special_day(site_id, day, tx), SiteView)


@rooms.patch("/{room_id}", operation_id="change_room", summary="Change a room", responses=documented(404, 409, 412))
async def change_room(room_id: RoomId, body: RoomChanges, if_match: IfMatch, once: Once, *, force: Force = False) -> RoomView:
    """Change what is named; it is deactivated, or loses what booked sessions need, only by force. New turnover counts for new holds."""
    return await once(lambda tx: use_cases.change_room(room_id, body, if_match, tx, force=force), RoomView)


@blocks.post(
    "/rooms/{room_id}/blocks",
    operation_id="add_block",
    summary="Block a room",
    status_code=HTTPStatus.CREATED,
    responses=documented(404, 409),
)
async def add_block(room_id: RoomId, body: NewBlock, once: Once, *, force: Force = False) -> BlockView:
    """Take a room out of use for a time; over booked sessions a 409 lists them, unless forced."""
    return await once(lambda tx: use_cases.add_block(room_id, body, tx, force=force), BlockView)
