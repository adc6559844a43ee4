"""What a decision must know: the sites and rooms concerned, and what takes them around the time in question.

Availability is never read through the guard's GiST index: B-trees answer, bounded by the longest occupation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from contracts.hours import Timetable
from contracts.types import RoomId, SiteId
from sqlalchemy import ARRAY, Row, Text, Uuid, any_, bindparam, cast, func, select, text

from rooms import domain
from rooms.domain import LONGEST_OCCUPATION, LONGEST_TURNOVER, Board, HoldStatus, Stay, Wish
from rooms.store import Room, Site, SpecialDayRow

Spans = Sequence[Sequence[str]]
"""Open spans of a day, as JSON has them."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time in a room, or in every room of a site, about which a decision must know everything."""

    site_id: SiteId
    room_id: RoomId | None
    opens: datetime
    closes: datetime

    @classmethod
    def of(cls, wish: Wish) -> "Window":
        """Return what must be known to grant a wish or to refuse it."""
        return cls(wish.site_id, wish.room_id, wish.starts_at, wish.known_until + LONGEST_TURNOVER)


ASKED: Final = bindparam("sites", type_=ARRAY(Uuid, dimensions=1))
SPECIAL: Final = (
    select(func.jsonb_object_agg(cast(SpecialDayRow.day, Text), SpecialDayRow.spans))
    .where(SpecialDayRow.site_id == Site.id)
    .scalar_subquery()
    .label("special_days")
)
SITES: Final = select(Site.__table__, SPECIAL).where(Site.id == any_(ASKED))
ROOMS: Final = select(Room.__table__).where(Room.site_id == any_(ASKED))
"""Built once: to build a statement takes longer than to run one of these."""
LOAD_TAKEN: Final = text("""
    SELECT stay.room_id, stay.starts_at, stay.occupied_until, stay.session_id, stay.status
    FROM unnest(CAST(:sites AS uuid[]), CAST(:sites_open AS timestamptz[]), CAST(:sites_close AS timestamptz[]))
        AS around (site_id, opens, closes),
        LATERAL (
            SELECT room_id, starts_at, occupied_until, session_id, status FROM hold
            WHERE hold.site_id = around.site_id AND status IN ('held', 'confirmed') AND starts_at < around.closes
                AND starts_at > around.opens - CAST(:longest AS interval) AND occupied_until > around.opens
            OFFSET 0
        ) AS stay
    UNION ALL
    SELECT stay.room_id, stay.starts_at, stay.occupied_until, stay.session_id, stay.status
    FROM unnest(CAST(:rooms AS uuid[]), CAST(:rooms_open AS timestamptz[]), CAST(:rooms_close AS timestamptz[]))
        AS around (room_id, opens, closes),
        LATERAL (
            SELECT room_id, starts_at, occupied_until, session_id, status FROM hold
            WHERE hold.room_id = around.room_id AND status IN ('held', 'confirmed') AND starts_at < around.closes
                AND starts_at > around.opens - CAST(:longest AS interval) AND occupied_until > around.opens
            OFFSET 0
        ) AS stay
    UNION ALL
    SELECT block.room_id, block.starts_at, block.ends_at, NULL, 'block'
    FROM block WHERE block.site_id = ANY(CAST(:every_site AS uuid[])) AND block.ends_at > :first AND block.starts_at < :last
    ORDER BY 2
""")
"""OFFSET 0 makes the planner look into the B-tree once for each window, instead of reading every hold there is."""


async def load_places(db: ReadSession, sites: Collection[SiteId]) -> Board:
    """Return the board of these sites and all their rooms, with nothing taken yet."""
    return (await load_places_and_rows(db, sites))[0]


async def load_places_and_rows(db: ReadSession, sites: Collection[SiteId]) -> tuple[Board, Sequence[Row[*tuple[Any, ...]]]]:
    """Return the board as ``load_places`` does, and the rows of its rooms, which have more than a decision must know."""
    asked = {"sites": list(sites)}
    site_rows = await db.rows(SITES, asked)
    room_rows = await db.rows(ROOMS, asked)
    return Board(sites={row.id: _site(row) for row in site_rows}, rooms={row.id: _room(row) for row in room_rows}), room_rows


async def find_hours(db: ReadSession, site_id: SiteId) -> Timetable | None:
    """Return when a site is open, or None where there is no such site."""
    return next((_site(row).hours for row in await db.rows(SITES, {"sites": [site_id]})), None)


async def load_taken(db: ReadSession, places: Board, windows: Collection[Window]) -> Board:
    """Return the board with everything that touches these windows."""
    if not windows:
        return places
    in_sites = _merged((window.site_id, window) for window in windows if window.room_id is None)
    in_rooms = _merged((window.room_id, window) for window in windows if window.room_id is not None)
    parameters = {
        "sites": [key for key, _, _ in in_sites],
        "sites_open": [opens for _, opens, _ in in_sites],
        "sites_close": [closes for _, _, closes in in_sites],
        "rooms": [key for key, _, _ in in_rooms],
        "rooms_open": [opens for _, opens, _ in in_rooms],
        "rooms_close": [closes for _, _, closes in in_rooms],
        "every_site": list({window.site_id for window in windows}),
        "first": min(window.opens for window in windows),
        "last": max(window.closes for window in windows),
        "longest": LONGEST_OCCUPATION,
    }
    stays: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    blocks: defaultdict[RoomId, list[domain.Block]] = defaultdict(list)
    for room_id, starts_at, until, session_id, status in await db.rows(LOAD_TAKEN, parameters):
        if status == "block":
            blocks[room_id].append(domain.Block(starts_at, until))
        else:
            stays[room_id].append(Stay(starts_at, until, session_id, is_held=status == HoldStatus.HELD))
    return replace(places, stays=stays, blocks=blocks)


def timetable(week: Mapping[str, Spans], time_zone: str, special_days: Mapping[date, Spans]) -> Timetable:
    """Read hours as the tables keep them."""
    return Timetable(
        {day: tuple((begin, end) for begin, end in spans) for day, spans in week.items()},
        ZoneInfo(time_zone),
        {day: tuple((begin, end) for begin, end in spans) for day, spans in special_days.items()},
    )


def _site(row: Row[Any]) -> domain.Site:
    special = {date.fromisoformat(day): spans for day, spans in (row.special_days or {}).items()}
    return domain.Site(row.id, timetable(row.opening_hours, row.time_zone, special), row.is_active)


def _room(row: Row[Any]) -> domain.Room:
    return domain.Room(
        id=row.id,
        site_id=row.site_id,
        number=row.room_number,
        name=row.room_name,
        capacity=row.capacity,
        equipment=frozenset(row.equipment),
        turnover=timedelta(minutes=row.turnover_minutes),
        is_active=row.is_active,
        position=row.position,
    )


def _merged(windows: Iterable[tuple[UUID, Window]]) -> list[tuple[UUID, datetime, datetime]]:
    merged: list[tuple[UUID, datetime, datetime]] = []
    for key, window in sorted(windows, key=lambda keyed: (keyed[0], keyed[1].opens)):
        if merged and merged[-1][0] == key and window.opens <= merged[-1][2]:
            merged[-1] = (key, merged[-1][1], max(merged[-1][2], window.closes))
        else:
            merged.append((key, window.opens, window.closes))
    return merged
