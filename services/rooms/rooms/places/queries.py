"""What is shown of sites, rooms, equipment and blocks, and what decisions need of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from typing import cast as as_type
from uuid import UUID

from chassis.data.database import ReadSession, named
from chassis.hours import Timetable
from chassis.rows.as_json import as_json, one_of
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from chassis.rows.search import foldable, occur
from contracts.types import RoomId, SiteId
from sqlalchemy import ColumnElement, Uuid, bindparam, case, exists, func, literal, or_, select
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import InstrumentedAttribute

from rooms.places.facts import Places, Room, Site, SpecialHours, timetable
from rooms.places.schemas import MOST_EQUIPMENT_KINDS, MOST_SPECIAL_DAYS, BlockView, EquipmentView, RoomView, SiteView
from rooms.places.tables import BlockRow, EquipmentRow, RoomRow, SiteRow, SpecialDayRow

Column = InstrumentedAttribute[Any]

BY_NAME: Final = Keyset(SiteRow.site_name, SiteRow.id)
BY_POSITION: Final = Keyset(RoomRow.position, RoomRow.room_number, RoomRow.id)
BY_START: Final = Keyset(BlockRow.starts_at, BlockRow.id)

ROOM: Final = as_type("CoreTable", RoomRow.__table__)

SITES: Final = f"""(
    SELECT json_agg(found) FROM (
        SELECT id, opening_hours, time_zone, is_active,
            (SELECT json_object_agg(day, spans) FROM special_day WHERE site_id = site.id) AS special_days
        FROM site WHERE id = {one_of("sites")}
    ) AS found
)"""  # noqa: S608 (texts of ours)

ROOMS: Final = f"""(
    SELECT json_agg(found) FROM (
        SELECT id, site_id, room_number, room_name, capacity, equipment, turnover_minutes, is_active, position
        FROM room WHERE site_id = {one_of("sites")}
    ) AS found
)"""  # noqa: S608 (texts of ours)

PLACES: Final = as_json(sites=SITES, rooms=ROOMS)

HOURS: Final = as_json(sites=SITES)

VIEWS: Final = select(*(ROOM.c[name] for name in RoomView.model_fields)).where(ROOM.c.site_id == bindparam("site", type_=Uuid))
"""Built once: to build a statement takes longer than to run one of these; of the table's columns, because objects take longer."""


async def list_equipment_kinds(db: ReadSession) -> Page[EquipmentView]:
    """Return the vocabulary."""
    having = select(func.count()).where(EquipmentRow.name == func.any(RoomRow.equipment)).scalar_subquery()
    query = select(EquipmentRow.name, EquipmentRow.label, having.label("rooms")).order_by(EquipmentRow.name)
    return Page(items=[EquipmentView.model_validate(row) for row in await db.rows(query.limit(MOST_EQUIPMENT_KINDS))])


async def list_sites(db: ReadSession, *, is_active: bool | None, words: str | None, limit: int, cursor: str | None) -> Page[SiteView]:
    """Return sites by name."""
    statement = select(SiteRow)
    if is_active is not None:
        statement = statement.where(SiteRow.is_active == is_active)
    if words:
        statement = statement.where(occur(words, foldable(SiteRow.site_name, SiteRow.address)))
    found = await db.scalars(BY_NAME.after(statement, cursor, limit))
    return BY_NAME.page([SiteView.model_validate(site) for site in found], limit)


async def find_site(db: ReadSession, site_id: SiteId) -> SiteView:
    """Return a site; NotFound where there is none."""
    return SiteView.model_validate(await _find_site(db, site_id))


async def list_rooms(
    db: ReadSession, *, site_id: SiteId | None, is_active: bool | None, words: str | None, limit: int, cursor: str | None
) -> Page[RoomView]:
    """Return rooms in their order, and by number."""
    statement = select(RoomRow)
    if site_id is not None:
        statement = statement.where(RoomRow.site_id == site_id)
    if is_active is not None:
        statement = statement.where(RoomRow.is_active == is_active)
    if words:
        statement = statement.where(occur(words, foldable(literal("room"), RoomRow.room_number, RoomRow.room_name)))
    found = await db.scalars(BY_POSITION.after(statement, cursor, limit))
    return BY_POSITION.page([RoomView.model_validate(room) for room in found], limit)


async def find_room(db: ReadSession, room_id: RoomId) -> RoomView:
    """Return a room; NotFound when there is none."""
    return RoomView.model_validate(require(await db.find(RoomRow, room_id), "room", room_id))


async def list_blocks(db: ReadSession, room_id: RoomId, *, since: datetime | None, limit: int, cursor: str | None) -> Page[BlockView]:
    """Return a room's blocks in the order of time; NotFound where there is no such room."""
    await find_room(db, room_id)
    statement = select(BlockRow).where(BlockRow.room_id == room_id)
    if since is not None:
        statement = statement.where(BlockRow.ends_at > since)
    found = await db.scalars(BY_START.after(statement, cursor, limit))
    return BY_START.page([BlockView.model_validate(block) for block in found], limit)


async def load_places(db: ReadSession, sites: Collection[SiteId]) -> Places:
    """Return these sites and all their rooms, as decisions need them."""
    [found] = await db.rows(PLACES, {"sites": list(sites)})
    return Places(
        sites={site.id: site for site in map(_site, found.sites or ())}, rooms={room.id: room for room in map(_room, found.rooms or ())}
    )


async def room_views(db: ReadSession, site_id: SiteId) -> dict[RoomId, RoomView]:
    """Return the rooms of a site as they are shown."""
    return {room["id"]: RoomView.of(room) for room in named(await db.rows(VIEWS, {"site": site_id}))}


async def find_hours(db: ReadSession, site_id: SiteId) -> Timetable:
    """Return when a site is open; raise NotFound where there is no such site."""
    found = await db.scalar(HOURS, {"sites": [site_id]})
    return _site(require(next(iter(found or ()), None), "site", site_id)).hours


async def rooms_of(db: ReadSession, site_id: SiteId) -> Sequence[RoomId]:
    """Return the ids of a site's rooms."""
    return await db.scalars(select(RoomRow.id).where(RoomRow.site_id == site_id))


async def find_special_days(db: ReadSession, site_id: SiteId, begin: date | None, end: date | None) -> list[SpecialHours]:
    """Return a site's special days in order; raise NotFound where there is no such site."""
    await _find_site(db, site_id)
    statement = select(SpecialDayRow).where(SpecialDayRow.site_id == site_id).order_by(SpecialDayRow.day).limit(MOST_SPECIAL_DAYS)
    if begin is not None:
        statement = statement.where(SpecialDayRow.day >= begin)
    if end is not None:
        statement = statement.where(SpecialDayRow.day <= end)
    return [SpecialHours(row.day, row.spans, row.reason) for row in await db.scalars(statement)]


def is_out_of_use(room_id: Column, starts_at: Column, ends_at: Column) -> ColumnElement[bool]:
    """Return whether a room, given by columns of another statement, is blocked at that time, or is out of use, or its site is."""
    inactive = exists().where(RoomRow.id == room_id, SiteRow.id == RoomRow.site_id, or_(~RoomRow.is_active, ~SiteRow.is_active))
    return is_blocked(room_id, starts_at, ends_at) | inactive


def is_blocked(room_id: Column, starts_at: Column, ends_at: Column) -> ColumnElement[bool]:
    """Return whether a room, given by columns of another statement, is blocked at that time."""
    return exists().where(BlockRow.room_id == room_id, BlockRow.starts_at < ends_at, BlockRow.ends_at > starts_at)


def inactive_parts(room_id: Column) -> ColumnElement[Any]:
    """Return which of a room and its site is out of use, as an array of words; the room is given by a column of another statement."""
    words = array([case((~SiteRow.is_active, "site_closed")), case((~RoomRow.is_active, "room_out_of_use"))])
    return select(words).where(RoomRow.id == room_id, SiteRow.id == RoomRow.site_id).scalar_subquery()


ROOM_NUMBERS: Final = select(RoomRow.id, RoomRow.room_number).subquery("room")

EVERY_SITE: Final = "(SELECT id FROM site)"
ROOMS_OUT_OF_USE: Final = "(SELECT room.id FROM room JOIN site ON site.id = room.site_id WHERE NOT (room.is_active AND site.is_active))"
INACTIVE: Final = """(
    SELECT room.id AS of_room, room.site_id AS of_site, ARRAY[
        CASE WHEN NOT site.is_active THEN 'site_closed' END, CASE WHEN NOT room.is_active THEN 'room_out_of_use' END
    ] AS reasons
    FROM room JOIN site ON site.id = room.site_id
)"""
BLOCKS: Final = "(SELECT id, site_id, room_id, starts_at, ends_at, reason, over_sessions FROM block)"
"""What statements of the capabilities above may read of places: these columns, in the place of a table."""


async def _find_site(db: ReadSession, site_id: SiteId) -> SiteRow:
    return require(await db.find(SiteRow, site_id), "site", site_id)


def _site(row: Mapping[str, Any]) -> Site:
    special = {date.fromisoformat(day): spans for day, spans in (row["special_days"] or {}).items()}
    return Site(SiteId(UUID(row["id"])), timetable(row["opening_hours"], row["time_zone"], special), row["is_active"])


def _room(row: Mapping[str, Any]) -> Room:
    return Room(
        id=RoomId(UUID(row["id"])),
        site_id=SiteId(UUID(row["site_id"])),
        number=row["room_number"],
        name=row["room_name"],
        capacity=row["capacity"],
        equipment=frozenset(row["equipment"]),
        turnover=timedelta(minutes=row["turnover_minutes"]),
        is_active=row["is_active"],
        position=row["position"],
    )
