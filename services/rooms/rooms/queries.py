"""The read side: what there is, what is free, what takes the rooms, and how well they are used."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, named
from chassis.edge import Page, page, read_cursor
from chassis.problems import not_found, refused
from chassis.search import foldable, occur
from contracts import hours
from contracts.rooms import Alternative, Obstacle
from contracts.types import HoldId, RoomId, SiteId
from prometheus_client import Gauge
from pydantic_core import to_json
from sqlalchemy import ColumnElement, Row, Select, exists, func, literal, or_, select, text, tuple_

from rooms import domain, usage
from rooms.board import Window, find_hours, load_places, load_places_and_rows, load_taken
from rooms.domain import LONGEST_OCCUPATION, Board, HoldStatus, Wish
from rooms.resources import (
    MOST_SPECIAL_DAYS,
    Availability,
    BlockView,
    CalendarEntry,
    HoldView,
    RoomAvailability,
    RoomUtilization,
    RoomView,
    SiteView,
    SpecialDayView,
    UsedHour,
    Utilization,
)
from rooms.search import find_alternatives
from rooms.store import Block, Hold, Room, Site, SpecialDayRow
from rooms.usage import HourOfWeek

Asked = tuple[datetime | date, datetime | date]
"""From and to; a day of the site is meant whole."""
LONGEST_RANGE: Final = timedelta(days=62)
A_CLOCK_CHANGE: Final = timedelta(hours=1)
HOLDS: Final = Gauge("holdfast_rooms_holds", "Holds that keep a room from others now or later, by status.", ["status"])
MAY_NEED_REPLANNING: Final = text("""
    hold.id = ANY (ARRAY(
        SELECT displaced.id FROM block, LATERAL (
            SELECT taken.id FROM hold AS taken
            WHERE taken.room_id = block.room_id AND taken.status IN ('held', 'confirmed') AND taken.starts_at < block.ends_at
                AND taken.starts_at > greatest(block.starts_at, now()) - CAST(:longest AS interval)
            OFFSET 0
        ) AS displaced
        WHERE block.over_sessions AND block.ends_at > now()
        UNION
        SELECT displaced.id FROM room JOIN site ON site.id = room.site_id, LATERAL (
            SELECT taken.id FROM hold AS taken
            WHERE taken.room_id = room.id AND taken.status IN ('held', 'confirmed')
                AND taken.starts_at > now() - CAST(:longest AS interval)
            OFFSET 0
        ) AS displaced
        WHERE NOT (room.is_active AND site.is_active)
        UNION
        SELECT outside.id FROM hold AS outside
        WHERE outside.outside_hours AND outside.status IN ('held', 'confirmed') AND outside.starts_at > now() - CAST(:longest AS interval)
    ))
""").bindparams(longest=LONGEST_OCCUPATION)
"""All that need a new place and few others, found from what displaces them; OFFSET 0 keeps each look within the room at hand."""


async def list_sites(db: ReadSession, *, is_active: bool | None, words: str | None, limit: int, cursor: str | None) -> Page[SiteView]:
    """Return sites by name."""
    statement = select(Site).order_by(Site.site_name, Site.id).limit(limit + 1)
    if is_active is not None:
        statement = statement.where(Site.is_active == is_active)
    if words:
        statement = statement.where(occur(words, foldable(Site.site_name, Site.address)))
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


async def list_rooms(
    db: ReadSession, *, site_id: SiteId | None, is_active: bool | None, words: str | None, limit: int, cursor: str | None
) -> Page[RoomView]:
    """Return rooms in their order, and by number."""
    statement = select(Room).order_by(Room.position, Room.room_number, Room.id).limit(limit + 1)
    if site_id is not None:
        statement = statement.where(Room.site_id == site_id)
    if is_active is not None:
        statement = statement.where(Room.is_active == is_active)
    if words:
        statement = statement.where(occur(words, foldable(literal("room"), Room.room_number, Room.room_name)))
    if cursor is not None:
        statement = statement.where(tuple_(Room.position, Room.room_number, Room.id) > tuple(read_cursor(cursor, int, str, UUID)))
    found = [RoomView.model_validate(room) for room in await db.scalars(statement)]
    return page(found, limit, lambda room: (room.position, room.room_number, room.id))


async def find_room(db: ReadSession, room_id: RoomId) -> RoomView:
    """Return a room."""
    room = await db.find(Room, room_id)
    if room is None:
        raise not_found("room", room_id)
    return RoomView.model_validate(room)


async def list_blocks(db: ReadSession, room_id: RoomId, *, since: datetime | None, limit: int, cursor: str | None) -> Page[BlockView]:
    """Return a room's blocks in the order of time."""
    await find_room(db, room_id)
    statement = select(Block).where(Block.room_id == room_id).order_by(Block.starts_at, Block.id).limit(limit + 1)
    if since is not None:
        statement = statement.where(Block.ends_at > since)
    if cursor is not None:
        statement = statement.where(tuple_(Block.starts_at, Block.id) > tuple(read_cursor(cursor, datetime, UUID)))
    found = [BlockView.model_validate(block) for block in await db.scalars(statement)]
    return page(found, limit, lambda block: (block.starts_at, block.id))


async def find_hold(db: ReadSession, hold_id: HoldId) -> HoldView:
    """Return a hold."""
    rows = await db.rows(_holds().where(Hold.id == hold_id))
    if not rows:
        raise not_found("hold", hold_id)
    return _hold_views(rows)[0]


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
    statement = _holds().order_by(Hold.id.desc()).limit(limit + 1)
    if site_id is not None:
        statement = statement.where(Hold.site_id == site_id)
    if room_id is not None:
        statement = statement.where(Hold.room_id == room_id)
    if status is not None:
        statement = statement.where(Hold.status == status)
    if needs_replanning is not None:
        statement = statement.where(_needs_replanning() == needs_replanning)
    if needs_replanning:
        statement = statement.where(MAY_NEED_REPLANNING)
    if cursor is not None:
        statement = statement.where(Hold.id < read_cursor(cursor, UUID)[0])
    return page(_hold_views(await db.rows(statement)), limit, lambda hold: (hold.id,))


async def availability(db: ReadSession, wish: Wish) -> Availability:
    """Return every room of the site, and everything that speaks against each of them."""
    places, rooms = await load_places_and_rows(db, [wish.site_id])
    site = _check(wish, places, LONGEST_RANGE)
    board = await load_taken(db, places, [Window.of(replace(wish, room_id=None))])
    is_open = site.is_open(wish.starts_at, wish.ends_at)
    views = {room["id"]: RoomView.of(room) for room in named(rooms)}
    found = []
    for room in sorted(board.rooms.values(), key=lambda room: room.place):
        reasons = [] if is_open else [Obstacle.CLOSED]
        reasons += domain.obstacles(wish, room, site, board)
        found.append(RoomAvailability.of({"room": views[room.id], "free": not reasons, "reasons": reasons}))
    return Availability(rooms=found)


async def alternatives(db: ReadSession, wish: Wish, most: int) -> list[Alternative]:
    """Return what else would do, the best first."""
    places = await load_places(db, [wish.site_id])
    _check(wish, places, domain.LONGEST_STAY)
    if wish.room_id is not None and wish.room_id not in places.rooms:
        raise refused("unknown-room", f"The site has no room {wish.room_id}.", field="room_id")
    return (await find_alternatives(db, places, {"asked": wish}, datetime.now(UTC), most))["asked"]


async def calendar(db: ReadSession, site_id: SiteId, asked: Asked) -> bytes:
    """Return the JSON of a ``Calendar``: what takes each room of a site in a range, in one query, and when the site is open.

    A week has hundreds of entries: their rows are written as they are, because views of them would take longer than all else.
    """
    timetable = await find_hours(db, site_id)
    if timetable is None:
        raise not_found("site", site_id)
    first, last = _range(timetable.zone, asked)
    found = await db.rows(CALENDAR, {"site": site_id, "first": first, "last": last, "longest": LONGEST_OCCUPATION})
    rooms = []
    for room, rows in groupby(found, key=itemgetter(*range(len(ENTRY), len(ENTRY) + len(ROOM)))):
        entries = [dict(zip(ENTRY, row, strict=False)) for row in rows if row[0] is not None]
        rooms.append(dict(zip(ROOM, room, strict=True)) | {"entries": entries})
    openings = usage.within(timetable.openings_around(first, last), first, last)
    return to_json(
        {
            "rooms": rooms,
            "time_zone": timetable.zone.key,
            "starts_at": first,
            "ends_at": last,
            "openings": [{"starts_at": begin, "ends_at": end} for begin, end in openings],
        }
    )


async def utilization(db: ReadSession, site_id: SiteId, asked: Asked) -> Utilization:
    """Return how much of the open time in a range was used: by room, and by the hour of the week."""
    places = await load_places(db, [site_id])
    site = places.sites.get(site_id)
    if site is None:
        raise not_found("site", site_id)
    first, last = _range(site.zone, asked)
    always = list(usage.within(site.openings(first, last), first, last))
    blocked: defaultdict[RoomId, list[hours.Opening]] = defaultdict(list)
    used: defaultdict[str, defaultdict[RoomId, list[hours.Opening]]] = defaultdict(lambda: defaultdict(list))
    refused_at: list[tuple[RoomId | None, datetime]] = []
    for room_id, status, begin, end, until in await db.rows(
        USED, {"site": site_id, "first": first, "last": last, "longest": LONGEST_OCCUPATION}
    ):
        if status == HoldStatus.REFUSED:
            refused_at.append((room_id, begin))
            continue
        if status == BLOCK:
            blocked[room_id].append((begin, end))
            continue
        used[USES[status]][room_id] += usage.within([(begin, end)], first, last)
        if status in TAKEN:
            used["turnover"][room_id] += usage.within([(end, until)], first, last)
    refused_in = Counter(room_id for room_id, _ in refused_at)
    spent: dict[str, list[hours.Opening]] = {name: [] for name in ("open", "turnover", *USES.values())}
    rooms = []
    for room in sorted(places.rooms.values(), key=lambda room: room.place):
        minutes: dict[str, int] = {}
        spans = {name: used[name][room.id] for name in USES.values()}
        spans |= {"open": usage.without(always, blocked[room.id]), "turnover": used["turnover"][room.id]}
        for name, found in spans.items():
            minutes[f"{name}_minutes"] = usage.length(found)
            spent[name] += found
        taken = minutes["booked_minutes"] + minutes["held_minutes"]
        rooms.append(
            RoomUtilization(
                room_id=room.id,
                room_number=room.number,
                room_name=room.name,
                share=round(taken / minutes["open_minutes"], 4) if minutes["open_minutes"] else 0.0,
                refused_requests=refused_in[room.id],
                **minutes,
            )
        )
    refused = Counter(usage.hour_of_week(at, site.zone) for _, at in refused_at)
    by_hour = {name: usage.spread(found, site.zone) for name, found in spent.items()}
    return Utilization(rooms=rooms, refused_requests=refused.total(), by_hour=_by_hour(by_hour | {"refused": refused}))


def _by_hour(found: Mapping[str, Counter[HourOfWeek]]) -> list[UsedHour]:
    known = sorted(set().union(*found.values()))
    return [
        UsedHour(
            weekday=hours.WEEKDAYS[weekday],
            hour=hour,
            refused_requests=found["refused"][weekday, hour],
            **{f"{name}_minutes": minutes[weekday, hour] for name, minutes in found.items() if name != "refused"},
        )
        for weekday, hour in known
    ]


async def measure_holds(db: ReadSession) -> None:
    """Set the gauge of the holds that are current."""
    counted = {row.status: row.number for row in await db.rows(CURRENT, {"longest": LONGEST_OCCUPATION})}
    for status in domain.TAKING:
        HOLDS.labels(status.value).set(counted.get(status.value, 0))


ENTRY: Final = tuple(CalendarEntry.model_fields)
ROOM: Final = ("room_id", "room_number", "room_name")
CALENDAR: Final = text("""
    SELECT entry.kind, entry.starts_at, entry.ends_at, entry.occupied_until, CAST(entry.session_id AS text), CAST(entry.hold_id AS text),
        CAST(entry.block_id AS text), entry.reason, entry.expires_at, CAST(room.id AS text), room.room_number, room.room_name
    FROM room LEFT JOIN (
        SELECT room_id, CASE status WHEN 'held' THEN 'held' ELSE 'booked' END AS kind, starts_at, ends_at, occupied_until,
            session_id, id AS hold_id, CAST(NULL AS uuid) AS block_id, CAST(NULL AS text) AS reason, expires_at
        FROM hold
        WHERE site_id = :site AND status IN ('held', 'confirmed')
            AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND occupied_until > :first
        UNION ALL
        SELECT room_id, 'block', starts_at, ends_at, ends_at, NULL, NULL, id, reason, NULL
        FROM block WHERE site_id = :site AND starts_at < :last AND ends_at > :first
    ) AS entry ON entry.room_id = room.id
    WHERE room.site_id = :site
    ORDER BY room.position, room.room_number, room.id, entry.starts_at, entry.hold_id
""")
"""The columns of an entry, then those of its room. Keys are read as text: as such they are written several times faster."""

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
    SELECT room_id, status, starts_at, ends_at, occupied_until FROM hold
    WHERE site_id = :site AND status IN ('held', 'confirmed')
        AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND occupied_until > :first
    UNION ALL
    SELECT room_id, status, starts_at, ends_at, occupied_until FROM hold
    WHERE site_id = :site AND status = 'released' AND reason = 'no_show'
        AND NOT EXISTS (
            SELECT FROM hold AS again
            WHERE again.session_id = hold.session_id AND again.status IN ('held', 'confirmed') AND again.starts_at = hold.starts_at)
        AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND ends_at > :first
    UNION ALL
    SELECT room_id, status, starts_at, ends_at, ends_at FROM hold
    WHERE site_id = :site AND status = 'refused' AND starts_at >= :first AND starts_at < :last
    UNION ALL
    SELECT room_id, 'block', starts_at, ends_at, ends_at FROM block WHERE site_id = :site AND starts_at < :last AND ends_at > :first
""")
BLOCK: Final = "block"
TAKEN: Final = ("held", "confirmed")
USES: Final = {"confirmed": "booked", "held": "held", "released": "no_show"}
"""What a room was used for, by the status of the hold; a released one whose client did not come."""


async def _site(db: ReadSession, site_id: SiteId) -> Site:
    site = await db.find(Site, site_id)
    if site is None:
        raise not_found("site", site_id)
    return site


def _check(wish: Wish, places: Board, longest: timedelta) -> domain.Site:
    """Return the site of a wish, or say what is wrong with the question."""
    site = places.sites.get(wish.site_id)
    if site is None:
        raise not_found("site", wish.site_id)
    if not timedelta() < wish.ends_at - wish.starts_at <= longest:
        hours_ = int(longest / timedelta(hours=1))
        raise refused("impossible-time", f"ends_at must be after starts_at, by at most {hours_} hours.", field="ends_at")
    return site


def _range(zone: ZoneInfo, asked: Asked) -> tuple[datetime, datetime]:
    """Return the moments that a range of moments or of whole days of the site begins and ends at."""
    begin, end = asked
    first = begin if isinstance(begin, datetime) else datetime.combine(begin, time(), zone).astimezone(UTC)
    last = end if isinstance(end, datetime) else datetime.combine(end + hours.ONE_DAY, time(), zone).astimezone(UTC)
    if not first < last or last - first > LONGEST_RANGE + A_CLOCK_CHANGE:
        raise refused("impossible-range", f"to must not lie before from, and at most {LONGEST_RANGE.days} days after it.", field="to")
    return first, last


@cache
def _holds() -> Select[*tuple[Any, ...]]:
    """Select what is shown of holds."""
    shown = (column for column in Hold.__table__.columns if column.name in HoldView.model_fields)
    return select(*shown, _needs_replanning())


@cache
def _needs_replanning() -> ColumnElement[bool]:
    blocked = exists().where(Block.room_id == Hold.room_id, Block.starts_at < Hold.ends_at, Block.ends_at > Hold.starts_at)
    out_of_use = exists().where(Room.id == Hold.room_id, Site.id == Room.site_id, or_(~Room.is_active, ~Site.is_active))
    displaced = blocked | out_of_use | Hold.outside_hours
    return (Hold.status.in_(domain.TAKING) & (Hold.ends_at > func.now()) & displaced).label("needs_replanning")


def _hold_views(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[HoldView]:
    return [HoldView.of(hold | {"status": HoldStatus(hold["status"])}) for hold in named(rows)]
