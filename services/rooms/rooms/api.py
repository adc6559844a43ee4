"""The HTTP edge of rooms."""

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final

from chassis.edge import PRINTABLE, Cursor, IfMatch, Limit, Once, Page, Reading
from chassis.problems import Problem, documented, refused
from contracts.rooms import Alternative
from contracts.types import BlockId, Day, Equipment, HoldId, Instant, Month, RoomId, SessionId, SiteId, Week
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from rooms import equipment, places, queries
from rooms.alternatives import MOST
from rooms.domain import HoldStatus, Wish
from rooms.equipment import EquipmentView, Label, NewWord
from rooms.queries import Asked
from rooms.resources import (
    ALTERNATIVES_EXAMPLE,
    LARGEST_ROOM,
    MOST_EQUIPMENT,
    Availability,
    BlockView,
    Calendar,
    HoldView,
    NewBlock,
    NewRoom,
    NewSite,
    NewSpecialDay,
    RoomChanges,
    RoomOrder,
    RoomView,
    SiteChanges,
    SiteView,
    SpecialDayView,
    Utilization,
)

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)

sites = APIRouter(prefix="/sites", tags=["sites"])
rooms = APIRouter(prefix="/rooms", tags=["rooms"])
words = APIRouter(prefix="/equipment", tags=["equipment"])
blocks = APIRouter(tags=["blocks"])
times = APIRouter(tags=["times"])
holds = APIRouter(prefix="/holds", tags=["holds"])

Active = Annotated[bool | None, Query(description="Only those in use, or only those out of use.")]
LONGEST_SEARCH: Final = 100
SiteWords = Annotated[
    str | None, Query(max_length=LONGEST_SEARCH, pattern=PRINTABLE, description="Every word must occur in the name or the address.")
]
RoomWords = Annotated[
    str | None,
    Query(max_length=LONGEST_SEARCH, pattern=PRINTABLE, description="Every word must occur in the number or the name; room 201 finds 201."),
]
Force = Annotated[bool, Query(description="Do it over booked sessions; they stay booked and are marked for re-planning.")]
DAYS: Final = TypeAdapter[date](Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)])
INSTANTS: Final = TypeAdapter[datetime](Instant)


def _day_or_instant(written: str) -> date | datetime:
    try:
        return (DAYS if re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII) else INSTANTS).validate_python(written)
    except ValidationError as error:
        code = "day_or_instant_parsing"
        message = "write a day of the site, such as 2026-03-02, or an instant with its offset, such as 2026-03-02T14:00:00Z"
        raise PydanticCustomError(code, message) from error


EDGE_SCHEMA: Final[dict[str, Any]] = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
Edge = Annotated[date | datetime, PlainValidator(_day_or_instant), WithJsonSchema(EDGE_SCHEMA)]
From = Annotated[Edge | None, Query(alias="from", description="An instant, or a day of the site.")]
Since = Annotated[Instant | None, Query(alias="from", description="Only what ends after this.")]
To = Annotated[Edge | None, Query(alias="to", description="An instant, or a day of the site, which is included.")]


async def _range(
    begin: From = None,
    end: To = None,
    day: Annotated[Day | None, Query(description="One day of the site, instead of from and to.")] = None,
    week: Annotated[Week | None, Query(description="An ISO week of the site, such as 2026-W10.")] = None,
    month: Annotated[Month | None, Query(description="A month of the site, such as 2026-03.")] = None,
) -> Asked:
    if sum((begin is not None or end is not None, day is not None, week is not None, month is not None)) != 1:
        raise refused("ambiguous-range", "Give from and to, or a day, or a week, or a month: exactly one of them.", field="from")
    if day is not None:
        return day, day
    if week is not None:
        monday = _monday(week)
        return monday, monday + timedelta(days=6)
    if month is not None:
        year, number = map(int, month.split("-"))
        return date(year, number, 1), date(year, number, monthrange(year, number)[1])
    if begin is None or end is None:
        missing = "from" if begin is None else "to"
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid-request", f"{missing}: from and to belong together. Give both.")
    return begin, end


def _monday(week: str) -> date:
    year, number = map(int, week.split("-W"))
    try:
        return date.fromisocalendar(year, number, 1)
    except ValueError as error:
        raise refused("no-such-week", f"{year} has no week {number}. Name one from 1 to 52.", field="week") from error


Range = Annotated[Asked, Depends(_range)]


async def _wish(
    site_id: SiteId,
    starts_at: Instant,
    ends_at: Instant,
    capacity: Annotated[int, Query(ge=1, le=LARGEST_ROOM, description="Places needed.")] = 1,
    equipment: Annotated[list[Equipment], Query(max_length=MOST_EQUIPMENT, description="Needed; repeat it for several.")] = [],  # noqa: B006 (FastAPI copies it)
    session_id: Annotated[SessionId | None, Query(description="What this session has taken itself does not count.")] = None,
) -> Wish:
    return Wish(site_id, starts_at, ends_at, None, capacity, frozenset(equipment), session_id)


Wished = Annotated[Wish, Depends(_wish)]


@sites.get("", operation_id="list_sites", summary="List sites by name")
async def list_sites(
    db: Reading, is_active: Active = None, q: SiteWords = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[SiteView]:
    """Return the sites of the network."""
    return await queries.list_sites(db, is_active=is_active, words=q, limit=limit, cursor=cursor)


@sites.post("", operation_id="add_site", summary="Add a site", status_code=HTTPStatus.CREATED)
async def add_site(body: NewSite, once: Once, response: Response) -> SiteView:
    """Add a site with its time zone and its opening hours."""
    site = await once(lambda tx: places.add_site(body, tx), SiteView)
    response.headers["Location"] = f"/sites/{site.id}"
    return site


@sites.get("/{site_id}", operation_id="find_site", summary="Find a site", responses=documented(404))
async def find_site(site_id: SiteId, db: Reading) -> SiteView:
    """Return a site."""
    return await queries.find_site(db, site_id)


@sites.patch("/{site_id}", operation_id="change_site", summary="Change a site", responses=documented(404, 409, 412))
async def change_site(site_id: SiteId, body: SiteChanges, if_match: IfMatch, once: Once, *, force: Force = False) -> SiteView:
    """Change what is named; a site with booked sessions is deactivated only by force."""
    return await once(lambda tx: places.change_site(site_id, body, if_match, tx, force=force), SiteView)


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
    return await once(lambda tx: places.put_special_day(site_id, day, body, tx, force=force), SpecialDayView)


@sites.delete("/{site_id}/special-days/{day}", operation_id="remove_special_day", summary="Give a day its usual hours again",
              status_code=HTTPStatus.NO_CONTENT, responses=documented(404))  # fmt: skip
async def remove_special_day(site_id: SiteId, day: Day, once: Once) -> None:
    """Give a day the hours of its weekday again."""
    await once(lambda tx: places.remove_special_day(site_id, day, tx), SiteView)


@sites.put("/{site_id}/room-order", operation_id="order_rooms", summary="Put a site's rooms in order", responses=documented(404))
async def order_rooms(site_id: SiteId, body: RoomOrder, once: Once) -> Page[RoomView]:
    """Put all rooms of a site into the order in which lists and calendars show them."""
    return await once(lambda tx: places.order_rooms(site_id, body, tx), Page[RoomView])


@words.get("", operation_id="list_equipment", summary="What rooms may have")
async def list_equipment(db: Reading) -> Page[EquipmentView]:
    """Return the vocabulary of equipment, and how many rooms have each."""
    return await equipment.list_words(db)


@words.post("", operation_id="add_equipment", summary="Add a word", status_code=HTTPStatus.CREATED, responses=documented(409))
async def add_equipment(body: NewWord, once: Once) -> EquipmentView:
    """Take a word into the vocabulary before any room has it; what rooms are given joins by itself."""
    return await once(lambda tx: equipment.add_word(body, tx), EquipmentView)


@words.put("/{name}", operation_id="change_equipment", summary="Name a kind of equipment", responses=documented(404))
async def change_equipment(name: Equipment, body: Label, once: Once) -> EquipmentView:
    """Give a word another label."""
    return await once(lambda tx: equipment.change_word(name, body, tx), EquipmentView)


@words.delete("/{name}", operation_id="remove_equipment", summary="Forget a kind of equipment",
              status_code=HTTPStatus.NO_CONTENT, responses=documented(404, 409))  # fmt: skip
async def remove_equipment(name: Equipment, once: Once) -> None:
    """Take a word out of the vocabulary that no room has."""
    await once(lambda tx: equipment.remove_word(name, tx), EquipmentView)


@rooms.get("", operation_id="list_rooms", summary="List rooms by number")
async def list_rooms(
    db: Reading,
    site_id: SiteId | None = None,
    is_active: Active = None,
    q: RoomWords = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RoomView]:
    """Return the rooms of a site, or of the whole network."""
    return await queries.list_rooms(db, site_id=site_id, is_active=is_active, words=q, limit=limit, cursor=cursor)


@rooms.post("", operation_id="add_room", summary="Add a room", status_code=HTTPStatus.CREATED, responses=documented(409))
async def add_room(body: NewRoom, once: Once, response: Response) -> RoomView:
    """Add a room to a site."""
    room = await once(lambda tx: places.add_room(body, tx), RoomView)
    response.headers["Location"] = f"/rooms/{room.id}"
    return room


@rooms.get("/{room_id}", operation_id="find_room", summary="Find a room", responses=documented(404))
async def find_room(room_id: RoomId, db: Reading) -> RoomView:
    """Return a room."""
    return await queries.find_room(db, room_id)


@rooms.patch("/{room_id}", operation_id="change_room", summary="Change a room", responses=documented(404, 409, 412))
async def change_room(room_id: RoomId, body: RoomChanges, if_match: IfMatch, once: Once, *, force: Force = False) -> RoomView:
    """Change what is named; a room with booked sessions is deactivated only by force. A new turnover counts for new holds."""
    return await once(lambda tx: places.change_room(room_id, body, if_match, tx, force=force), RoomView)


@blocks.get("/rooms/{room_id}/blocks", operation_id="list_blocks", summary="List a room's blocks", responses=documented(404))
async def list_blocks(room_id: RoomId, db: Reading, since: Since = None, limit: Limit = 50, cursor: Cursor = None) -> Page[BlockView]:
    """Return when the room is out of use, in the order of time."""
    return await queries.list_blocks(db, room_id, since=since, limit=limit, cursor=cursor)


@blocks.post(
    "/rooms/{room_id}/blocks",
    operation_id="add_block",
    summary="Block a room",
    status_code=HTTPStatus.CREATED,
    responses=documented(404, 409),
)
async def add_block(room_id: RoomId, body: NewBlock, once: Once, *, force: Force = False) -> BlockView:
    """Take a room out of use for a time; over booked sessions a 409 lists them, unless forced."""
    return await once(lambda tx: places.add_block(room_id, body, tx, force=force), BlockView)


@blocks.delete(
    "/blocks/{block_id}",
    operation_id="remove_block",
    summary="Remove a block",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(404),
)
async def remove_block(block_id: BlockId, once: Once) -> None:
    """Give the room back to everybody."""
    await once(lambda tx: places.remove_block(block_id, tx), BlockView)


@times.get(
    "/availability", operation_id="availability", summary="Which rooms are free, and why the others are not", responses=documented(404)
)
async def availability(wish: Wished, db: Reading) -> Availability:
    """Return every room of the site with everything that speaks against it; a free one would be held now."""
    return await queries.availability(db, wish)


@times.get(
    "/alternatives", operation_id="alternatives", summary="What else would do",
    responses=documented(404) | {200: {"content": {"application/json": {"example": ALTERNATIVES_EXAMPLE}}}},
)  # fmt: skip
async def alternatives(
    wish: Wished,
    db: Reading,
    room_id: Annotated[RoomId | None, Query(description="The room that was wished.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 5,
) -> Page[Alternative]:
    """Return free rooms and times near the wish, the best first; nothing is held."""
    return Page(items=await queries.alternatives(db, replace(wish, room_id=room_id), limit))


@times.get(
    "/calendar", operation_id="calendar", summary="What takes the rooms of a site", response_model=Calendar, responses=documented(404)
)
async def calendar(site_id: SiteId, asked: Range, db: Reading) -> Response:
    """Return what takes each room, and when the site is open: a day, a week, a month, or at most 62 days."""
    return Response(await queries.calendar(db, site_id, asked), media_type="application/json")


@times.get("/utilization", operation_id="utilization", summary="How well the rooms of a site are used", responses=documented(404))
async def utilization(site_id: SiteId, asked: Range, db: Reading) -> Utilization:
    """Return what became of the open time, by room and by hour of the week, and the demand that found no room; at most 62 days."""
    return await queries.utilization(db, site_id, asked)


@holds.get("", operation_id="list_holds", summary="List holds, the latest first")
async def list_holds(
    db: Reading,
    site_id: SiteId | None = None,
    room_id: RoomId | None = None,
    status: HoldStatus | None = None,
    needs_replanning: Annotated[bool | None, Query(description="Only those whose room is blocked or out of use at their time.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[HoldView]:
    """Return holds, also those that need another room because somebody blocked theirs by force."""
    return await queries.list_holds(
        db, site_id=site_id, room_id=room_id, status=status, needs_replanning=needs_replanning, limit=limit, cursor=cursor
    )


@holds.get("/{hold_id}", operation_id="find_hold", summary="Find a hold", responses=documented(404))
async def find_hold(hold_id: HoldId, db: Reading) -> HoldView:
    """Return a hold."""
    return await queries.find_hold(db, hold_id)
