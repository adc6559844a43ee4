"""The read side: what there is, what is free, what takes the rooms, and how well they are used."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from chassis.edge import Page, page, read_cursor
from chassis.problems import not_found, refused
from contracts import hours
from contracts.rooms import Alternative, Obstacle
from contracts.types import HoldId, RoomId, SiteId
from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Row, exists, func, or_, select, text, tuple_

from rooms import domain
from rooms.board import Window, load_places, load_taken
from rooms.domain import LONGEST_OCCUPATION, Board, HoldStatus, Wish
from rooms.resources import (
    MOST_SPECIAL_DAYS,
    Availability,
    BlockView,
    Calendar,
    CalendarEntry,
    HoldView,
    RoomAvailability,
    RoomCalendar,
    RoomUtilization,
    RoomView,
    SiteView,
    SpecialDayView,
    Utilization,
)
from rooms.search import find_alternatives
from rooms.store import TAKING, Block, Hold, Room, Site, SpecialDayRow

LONGEST_RANGE: Final = timedelta(days=62)
A_CLOCK_CHANGE: Final = timedelta(hours=1)
HOLDS: Final = Gauge("holdfast_rooms_holds", "Holds that keep a room from others now or later, by status.", ["status"])


async def list_sites(db: ReadSession, *, is_active: bool | None, limit: int, cursor: str | None) -> Page[SiteView]:
    """Return sites by name."""
    statement = select(Site).order_by(Site.site_name, Site.id).limit(limit + 1)
    if is_active is not None:
        statement = statement.where(Site.is_active == is_active)
    if cursor is not None:
        statement = statement.where(tuple_(Site.site_name, Site.id) > tuple(read_cursor(cursor, str, UUID)))
    found = [SiteView.model_validate(site) for site in await db.scalars(statement)]
    return page(found, limit, lambda site: (site.site_name, site.id))


async def find_site(db: ReadSession, site_id: SiteId) -> SiteView:
    """Return a site."""
    return SiteView.model_validate(await _site(db, site_id))


async def list_special_days(db: ReadSession, site_id: SiteId, begin: date | None, end: date | None) -> Page[SpecialDayView]:
    """Return a site's special days in order."""
    await _site(db, site_id)
    statement = select(SpecialDayRow).where(SpecialDayRow.site_id == site_id).order_by(SpecialDayRow.day).limit(MOST_SPECIAL_DAYS)
    if begin is not None:
        statement = statement.where(SpecialDayRow.day >= begin)
    if end is not None:
        statement = statement.where(SpecialDayRow.day <= end)
    return Page(items=[SpecialDayView.model_validate(row) for row in await db.scalars(statement)])


async def list_rooms(db: ReadSession, *, site_id: SiteId | None, is_active: bool | None, limit: int, cursor: str | None) -> Page[RoomView]:
    """Return rooms by number."""
    statement = select(Room).order_by(Room.room_number, Room.id).limit(limit + 1)
    if site_id is not None:
        statement = statement.where(Room.site_id == site_id)
    if is_active is not None:
        statement = statement.where(Room.is_active == is_active)
    if cursor is not None:
        statement = statement.where(tuple_(Room.room_number, Room.id) > tuple(read_cursor(cursor, str, UUID)))
    found = [RoomView.model_validate(room) for room in await db.scalars(statement)]
    return page(found, limit, lambda room: (room.room_number, room.id))


async def find_room(db: ReadSession, room_id: RoomId) -> RoomView:
    """Return a room."""
    room = await db.find(Room, room_id)
    if room is None:
        raise not_found("room", room_id)
    return RoomView.model_validate(room)


async def list_blocks(db: ReadSession, room_id: RoomId, *, limit: int, cursor: str | None) -> Page[BlockView]:
    """Return a room's blocks in the order of time."""
    await find_room(db, room_id)
    statement = select(Block).where(Block.room_id == room_id).order_by(Block.starts_at, Block.id).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(tuple_(Block.starts_at, Block.id) > tuple(read_cursor(cursor, datetime, UUID)))
    found = [BlockView.model_validate(block) for block in await db.scalars(statement)]
    return page(found, limit, lambda block: (block.starts_at, block.id))


async def find_hold(db: ReadSession, hold_id: HoldId) -> HoldView:
    """Return a hold."""
    rows = await db.rows(select(Hold, _needs_replanning()).where(Hold.id == hold_id))
    if not rows:
        raise not_found("hold", hold_id)
    return _hold_view(rows[0])


async def list_holds(
    db: ReadSession,
    *,
    site_id: SiteId | None,
    room_id: RoomId | None,
    status: HoldStatus | None,
    needs_replanning: bool | None,
    limit: int,
    cursor: str | None,
) -> Page[HoldView]:
    """Return holds, the latest first."""
    replanning = _needs_replanning()
    statement = select(Hold, replanning).order_by(Hold.id.desc()).limit(limit + 1)
    if site_id is not None:
        statement = statement.where(Hold.site_id == site_id)
    if room_id is not None:
        statement = statement.where(Hold.room_id == room_id)
    if status is not None:
        statement = statement.where(Hold.status == status)
    if needs_replanning is not None:
        statement = statement.where(replanning == needs_replanning)
    if needs_replanning:
        statement = statement.where(TAKING, Hold.site_id.in_(select(Site.id)), Hold.starts_at > func.now() - LONGEST_OCCUPATION)
    if cursor is not None:
        statement = statement.where(Hold.id < read_cursor(cursor, UUID)[0])
    return page([_hold_view(row) for row in await db.rows(statement)], limit, lambda hold: (hold.id,))


async def availability(db: ReadSession, wish: Wish) -> Availability:
    """Return every room of the site, and everything that speaks against each of them."""
    site, places = await _ask(db, wish, LONGEST_RANGE)
    board = await load_taken(db, places, [Window.of(replace(wish, room_id=None))])
    is_open = site.is_open(wish.starts_at, wish.ends_at)
    views = {room.id: RoomView.model_validate(room) for room in await db.scalars(select(Room).where(Room.site_id == site.id))}
    found = []
    for room in sorted(board.rooms.values(), key=lambda room: room.number):
        reasons = [] if is_open else [Obstacle.CLOSED]
        reasons += domain.obstacles(wish, room, site, board)
        found.append(RoomAvailability(room=views[room.id], free=not reasons, reasons=reasons))
    return Availability(rooms=found)


async def alternatives(db: ReadSession, wish: Wish, most: int) -> list[Alternative]:
    """Return what else would do, the best first."""
    _, places = await _ask(db, wish, domain.LONGEST_STAY)
    if wish.room_id is not None and wish.room_id not in places.rooms:
        raise refused("unknown-room", f"The site has no room {wish.room_id}.", field="room_id")
    return (await find_alternatives(db, places, {"asked": wish}, datetime.now(UTC), most))["asked"]


async def calendar(db: ReadSession, site_id: SiteId, begin: datetime | date, end: datetime | date) -> Calendar:
    """Return what takes each room of a site from one moment or day to another."""
    site = await _site(db, site_id)
    first, last = _range(site, begin, end)
    rows = await db.rows(CALENDAR, {"site": site_id, "first": first, "last": last, "longest": LONGEST_OCCUPATION})
    rooms = []
    for (room_id, number, name), entries in groupby(rows, key=lambda row: (row.room_id, row.room_number, row.room_name)):
        taken = [CalendarEntry.model_validate(entry) for entry in entries if entry.kind is not None]
        rooms.append(RoomCalendar(room_id=room_id, room_number=number, room_name=name, entries=taken))
    return Calendar(rooms=rooms)


async def utilization(db: ReadSession, site_id: SiteId, begin: datetime | date, end: datetime | date) -> Utilization:
    """Return how much of the open time from one moment or day to another was used, by room."""
    site = await _site(db, site_id)
    first, last = _range(site, begin, end)
    places = await load_places(db, [site_id])
    around = places.sites[site_id].openings(first, last)
    within = ((max(opens, first), min(closes, last)) for opens, closes in around)
    open_minutes = _minutes(closes - opens for opens, closes in within if opens < closes)
    used = {row.room_id: row for row in await db.rows(USED, {"site": site_id, "first": first, "last": last, "longest": LONGEST_OCCUPATION})}
    nothing = (timedelta(), timedelta(), 0)
    rooms = []
    for room in sorted(places.rooms.values(), key=lambda room: room.number):
        booked, held, refusals = used[room.id][1:] if room.id in used else nothing
        rooms.append(
            RoomUtilization(
                room_id=room.id,
                room_number=room.number,
                room_name=room.name,
                open_minutes=open_minutes,
                booked_minutes=_minutes([booked]),
                held_minutes=_minutes([held]),
                share=round(_minutes([booked, held]) / open_minutes, 4) if open_minutes else 0.0,
                refused_requests=refusals,
            )
        )
    return Utilization(rooms=rooms, refused_requests=sum(row.refusals for row in used.values()))


async def measure_holds(db: ReadSession) -> None:
    """Set the gauge of the holds that are current."""
    counted = {row.status: row.number for row in await db.rows(CURRENT, {"longest": LONGEST_OCCUPATION})}
    for status in domain.TAKING:
        HOLDS.labels(status.value).set(counted.get(status.value, 0))


CALENDAR: Final = text("""
    SELECT room.id AS room_id, room.room_number, room.room_name, entry.*
    FROM room LEFT JOIN (
        SELECT room_id AS taken_room, CASE status WHEN 'held' THEN 'held' ELSE 'booked' END AS kind, starts_at, ends_at, occupied_until,
            session_id, id AS hold_id, CAST(NULL AS uuid) AS block_id, CAST(NULL AS text) AS reason
        FROM hold
        WHERE site_id = :site AND status IN ('held', 'confirmed')
            AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND occupied_until > :first
        UNION ALL
        SELECT room_id, 'block', starts_at, ends_at, ends_at, NULL, NULL, id, reason
        FROM block WHERE site_id = :site AND starts_at < :last AND ends_at > :first
    ) AS entry ON entry.taken_room = room.id
    WHERE room.site_id = :site
    ORDER BY room.room_number, room.id, entry.starts_at, entry.hold_id
""")

CURRENT: Final = text("""
    SELECT current.status, COUNT(*) AS number
    FROM site, LATERAL (
        SELECT status FROM hold
        WHERE hold.site_id = site.id AND status IN ('held', 'confirmed')
            AND starts_at > now() - CAST(:longest AS interval) AND ends_at > now()
        OFFSET 0
    ) AS current
    GROUP BY current.status
""")

USED: Final = text("""
    SELECT room_id,
        COALESCE(SUM(LEAST(ends_at, :last) - GREATEST(starts_at, :first)) FILTER (WHERE status = 'confirmed'), INTERVAL '0') AS booked,
        COALESCE(SUM(LEAST(ends_at, :last) - GREATEST(starts_at, :first)) FILTER (WHERE status = 'held'), INTERVAL '0') AS held,
        COUNT(*) FILTER (WHERE status = 'refused') AS refusals
    FROM (
        SELECT room_id, status, starts_at, ends_at FROM hold
        WHERE site_id = :site AND status IN ('held', 'confirmed')
            AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND ends_at > :first
        UNION ALL
        SELECT room_id, status, starts_at, ends_at FROM hold
        WHERE site_id = :site AND status = 'refused' AND starts_at >= :first AND starts_at < :last
    ) AS asked
    GROUP BY room_id
""")


async def _site(db: ReadSession, site_id: SiteId) -> Site:
    site = await db.find(Site, site_id)
    if site is None:
        raise not_found("site", site_id)
    return site


async def _ask(db: ReadSession, wish: Wish, longest: timedelta) -> tuple[domain.Site, Board]:
    """Return the site of a wish and its rooms, or say what is wrong with the question."""
    places = await load_places(db, [wish.site_id])
    site = places.sites.get(wish.site_id)
    if site is None:
        raise not_found("site", wish.site_id)
    if not timedelta() < wish.ends_at - wish.starts_at <= longest:
        hours_ = int(longest / timedelta(hours=1))
        raise refused("impossible-time", f"ends_at must be after starts_at, by at most {hours_} hours.", field="ends_at")
    return site, places


def _range(site: Site, begin: datetime | date, end: datetime | date) -> tuple[datetime, datetime]:
    """Return the moments that a range of moments or of whole days of the site begins and ends at."""
    zone = ZoneInfo(site.time_zone)
    first = begin if isinstance(begin, datetime) else datetime.combine(begin, time(), zone).astimezone(UTC)
    last = end if isinstance(end, datetime) else datetime.combine(end + hours.ONE_DAY, time(), zone).astimezone(UTC)
    if not first < last or last - first > LONGEST_RANGE + A_CLOCK_CHANGE:
        raise refused("impossible-range", f"to must not lie before from, and at most {LONGEST_RANGE.days} days after it.", field="to")
    return first, last


def _needs_replanning() -> ColumnElement[bool]:
    blocked = exists().where(Block.room_id == Hold.room_id, Block.starts_at < Hold.ends_at, Block.ends_at > Hold.starts_at)
    out_of_use = exists().where(Room.id == Hold.room_id, Site.id == Room.site_id, or_(~Room.is_active, ~Site.is_active))
    closed = exists().where(
        SpecialDayRow.site_id == Hold.site_id, SpecialDayRow.closed.op("&&")(func.tstzrange(Hold.starts_at, Hold.ends_at))
    )
    return (Hold.status.in_(domain.TAKING) & (Hold.ends_at > func.now()) & (blocked | out_of_use | closed)).label("needs_replanning")


def _hold_view(row: Row[Hold, bool]) -> HoldView:
    hold, needs_replanning = row
    return HoldView.model_validate({**vars(hold), "needs_replanning": needs_replanning})


def _minutes(lengths: Iterable[timedelta]) -> int:
    return sum(lengths, timedelta()) // timedelta(minutes=1)
