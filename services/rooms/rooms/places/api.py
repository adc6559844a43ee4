"""The HTTP edge of places."""

from http import HTTPStatus
from typing import Annotated, Final

from chassis.http.conventions import Cursor, Limit, Once, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from chassis.text import PRINTABLE
from contracts.types import BlockId, Equipment, Instant, RoomId, SiteId
from fastapi import APIRouter, Query, Response

from rooms.places import queries, use_cases
from rooms.places.schemas import (
    BlockView,
    EquipmentView,
    Label,
    NewEquipment,
    NewRoom,
    NewSite,
    RoomOrder,
    RoomView,
    SiteView,
)

sites = APIRouter(prefix="/sites", tags=["sites"])

rooms = APIRouter(prefix="/rooms", tags=["rooms"])

equipment_router = APIRouter(prefix="/equipment", tags=["equipment"])

blocks = APIRouter(tags=["blocks"])

Active = Annotated[bool | None, Query(description="Only those in use, or only those out of use.")]

LONGEST_SEARCH: Final = 100

SiteSearch = Annotated[
    str | None, Query(max_length=LONGEST_SEARCH, pattern=PRINTABLE, description="Every word must occur in the name or the address.")
]

RoomSearch = Annotated[
    str | None,
    Query(max_length=LONGEST_SEARCH, pattern=PRINTABLE, description="Every word must occur in the number or the name; room 201 finds 201."),
]

Since = Annotated[Instant | None, Query(alias="from", description="Only what ends after this.")]


@sites.get("", operation_id="list_sites", summary="List sites by name")
async def list_sites(
    db: Reading, is_active: Active = None, q: SiteSearch = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[SiteView]:
    """Return the sites of the network."""
    return await queries.list_sites(db, is_active=is_active, words=q, limit=limit, cursor=cursor)


@sites.post("", operation_id="add_site", summary="Add a site", status_code=HTTPStatus.CREATED)
async def add_site(body: NewSite, once: Once, response: Response) -> SiteView:
    """Add a site with its time zone and its opening hours."""
    site = await once(lambda tx: use_cases.add_site(body, tx), SiteView)
    response.headers["Location"] = f"/sites/{site.id}"
    return site


@sites.get("/{site_id}", operation_id="find_site", summary="Find a site", responses=documented(404))
async def find_site(site_id: SiteId, db: Reading) -> SiteView:
    """Return a site."""
    return await queries.find_site(db, site_id)


@sites.put("/{site_id}/room-order", operation_id="order_rooms", summary="Put a site's rooms in order", responses=documented(404))
async def order_rooms(site_id: SiteId, body: RoomOrder, once: Once) -> Page[RoomView]:
    """Put all rooms of a site into the order in which lists and calendars show them."""
    return await once(lambda tx: use_cases.order_rooms(site_id, body, tx), Page[RoomView])


@equipment_router.get("", operation_id="list_equipment", summary="What rooms may have")
async def list_equipment(db: Reading) -> Page[EquipmentView]:
    """Return the vocabulary of equipment, and how many rooms have each."""
    return await queries.list_equipment_kinds(db)


@equipment_router.post(
    "", operation_id="add_equipment", summary="Add a kind of equipment", status_code=HTTPStatus.CREATED, responses=documented(409)
)
async def add_equipment(body: NewEquipment, once: Once) -> EquipmentView:
    """Add a kind of equipment before any room has it; a kind that a room is given is added by itself."""
    return await once(lambda tx: use_cases.add_equipment_kind(body, tx), EquipmentView)


@equipment_router.put("/{name}", operation_id="change_equipment", summary="Name a kind of equipment", responses=documented(404))
async def change_equipment(name: Equipment, body: Label, once: Once) -> EquipmentView:
    """Give a kind of equipment another label."""
    return await once(lambda tx: use_cases.change_equipment_kind(name, body, tx), EquipmentView)


@equipment_router.delete("/{name}", operation_id="remove_equipment", summary="Remove a kind of equipment",
              status_code=HTTPStatus.NO_CONTENT, responses=documented(404, 409))  # fmt: skip
async def remove_equipment(name: Equipment, once: Once) -> None:
    """Remove a kind of equipment that no room has."""
    await once(lambda tx: use_cases.remove_equipment_kind(name, tx), EquipmentView)


@rooms.get("", operation_id="list_rooms", summary="List rooms by number")
async def list_rooms(
    db: Reading,
    site_id: SiteId | None = None,
    is_active: Active = None,
    q: RoomSearch = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RoomView]:
    """Return the rooms of a site, or of the whole network."""
    return await queries.list_rooms(db, site_id=site_id, is_active=is_active, words=q, limit=limit, cursor=cursor)


@rooms.post("", operation_id="add_room", summary="Add a room", status_code=HTTPStatus.CREATED, responses=documented(409))
async def add_room(body: NewRoom, once: Once, response: Response) -> RoomView:
    """Add a room to a site."""
    room = await once(lambda tx: use_cases.add_room(body, tx), RoomView)
    response.headers["Location"] = f"/rooms/{room.id}"
    return room


@rooms.get("/{room_id}", operation_id="find_room", summary="Find a room", responses=documented(404))
async def find_room(room_id: RoomId, db: Reading) -> RoomView:
    """Return a room."""
    return await queries.find_room(db, room_id)


@blocks.get("/rooms/{room_id}/blocks", operation_id="list_blocks", summary="List a room's blocks", responses=documented(404))
async def list_blocks(room_id: RoomId, db: Reading, since: Since = None, limit: Limit = 50, cursor: Cursor = None) -> Page[BlockView]:
    """Return when the room is out of use, in the order of time."""
    return await queries.list_blocks(db, room_id, since=since, limit=limit, cursor=cursor)


@blocks.delete(
    "/blocks/{block_id}",
    operation_id="remove_block",
    summary="Remove a block",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(404),
)
async def remove_block(block_id: BlockId, once: Once) -> None:
    """Give the room back to everybody."""
    await once(lambda tx: use_cases.remove_block(block_id, tx), BlockView)
