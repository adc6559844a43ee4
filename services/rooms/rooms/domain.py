"""What rooms decide: which room a wish gets or why none, and what becomes of a hold; values in, decisions out."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Final
from zoneinfo import ZoneInfo

from contracts.hours import Opening, Timetable
from contracts.rooms import HoldRequest, RefusalReason
from contracts.types import LONGEST_SESSION, RoomId, SessionId, SiteId

LONGEST_OCCUPATION: Final = LONGEST_SESSION + timedelta(hours=2)
"""A stay and the turnover after it; bounds how far back anyone must look for what is still going on."""
LONGEST_TURNOVER: Final = timedelta(hours=2)
LONGEST_STAY: Final = LONGEST_SESSION

NEAREST_FIRST: Final = (
    RefusalReason.HELD,
    RefusalReason.BOOKED,
    RefusalReason.BLOCKED,
    RefusalReason.LACKS_EQUIPMENT,
    RefusalReason.TOO_SMALL,
    RefusalReason.INACTIVE,
)
"""What to say where several rooms are refused for different reasons: the one that is nearest to a grant."""


class HoldStatus(StrEnum):
    """Where a hold is in its life."""

    HELD = "held"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    RELEASED = "released"


TAKING: Final = (HoldStatus.HELD, HoldStatus.CONFIRMED)
"""In these a hold keeps everybody else out of its room."""


@dataclass(frozen=True, slots=True)
class Site:
    """A clinic site and when it is open."""

    id: SiteId
    hours: Timetable
    is_active: bool

    @property
    def zone(self) -> ZoneInfo:
        """Everything at the site happens on this clock."""
        return self.hours.zone

    def is_open(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it is open during the whole of this time."""
        return self.hours.is_open(starts_at, ends_at)

    def openings(self, starts_at: datetime, ends_at: datetime) -> list[Opening]:
        """Return when it is open on and beside the days of this time."""
        return self.hours.openings_around(starts_at, ends_at)


@dataclass(frozen=True, slots=True)
class Room:
    """A room and what it offers."""

    id: RoomId
    site_id: SiteId
    number: str
    name: str
    capacity: int
    equipment: frozenset[str]
    turnover: timedelta
    is_active: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """Where, when, and what a room must offer."""

    site_id: SiteId
    starts_at: datetime
    ends_at: datetime
    room_id: RoomId | None = None
    capacity: int = 1
    equipment: frozenset[str] = frozenset()
    session_id: SessionId | None = None
    """What this session has taken already is not in its own way."""

    @classmethod
    def of(cls, request: HoldRequest) -> "Wish":
        """Read the wish out of a request."""
        return cls(
            request.site_id,
            request.starts_at,
            request.ends_at,
            request.room_id,
            request.capacity or 1,
            frozenset(request.equipment),
            request.session_id,
        )

    @property
    def is_possible(self) -> bool:
        """Whether a stay can be that long at all."""
        return timedelta() < self.ends_at - self.starts_at <= LONGEST_STAY

    def surplus(self, room: Room) -> int:
        """Count the places and the equipment of the room that nobody asked for."""
        return room.capacity - self.capacity + len(room.equipment - self.equipment)

    def fits(self, room: Room) -> bool:
        """Whether the room offers what is wished."""
        return room.is_active and room.capacity >= self.capacity and self.equipment <= room.equipment


@dataclass(frozen=True, slots=True)
class Stay:
    """A time for which somebody has a room; it is occupied a little longer."""

    starts_at: datetime
    occupied_until: datetime
    session_id: SessionId
    is_held: bool = False
    """Not confirmed yet."""


@dataclass(frozen=True, slots=True)
class Block:
    """A time for which a room is out of use."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """The sites and rooms that a decision is about, and what takes them around the time in question."""

    sites: Mapping[SiteId, Site] = field(default_factory=dict[SiteId, Site])
    rooms: Mapping[RoomId, Room] = field(default_factory=dict[RoomId, Room])
    stays: Mapping[RoomId, Sequence[Stay]] = field(default_factory=dict[RoomId, Sequence[Stay]])
    """Of each room in the order of their start."""
    blocks: Mapping[RoomId, Sequence[Block]] = field(default_factory=dict[RoomId, Sequence[Block]])

    def rooms_of(self, wish: Wish) -> list[Room]:
        """Return the rooms of the wished site, the plainest that would do first."""
        rooms = [room for room in self.rooms.values() if room.site_id == wish.site_id]
        return sorted(rooms, key=lambda room: (room.capacity - wish.capacity, len(room.equipment - wish.equipment), room.number))


@dataclass(frozen=True, slots=True)
class Grant:
    """A request gets this room."""

    request: HoldRequest
    room: Room


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request gets no room."""

    request: HoldRequest
    reason: RefusalReason


def answer(requests: Iterable[HoldRequest], board: Board, now: datetime) -> list[Grant | Refusal]:
    """Decide about requests in their order; what one is granted is taken for those that follow."""
    granted: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    decisions: list[Grant | Refusal] = []
    for request in requests:
        found = RefusalReason.TOO_LATE if request.not_after < now else choose(Wish.of(request), board, granted)
        if isinstance(found, Room):
            stay = Stay(request.starts_at, request.ends_at + found.turnover, request.session_id, is_held=True)
            insort(granted[found.id], stay, key=attrgetter("starts_at"))
            decisions.append(Grant(request, found))
        else:
            decisions.append(Refusal(request, found))
    return decisions


def choose(wish: Wish, board: Board, granted: Mapping[RoomId, Sequence[Stay]]) -> Room | RefusalReason:
    """Return the room that the wish gets, the plainest unless it names one, or the first reason why it gets none."""
    site = board.sites.get(wish.site_id)
    if site is None:
        return RefusalReason.UNKNOWN_SITE
    if wish.room_id is None:
        rooms = board.rooms_of(wish)
    else:
        named = board.rooms.get(wish.room_id)
        rooms = [named] if named is not None and named.site_id == site.id else []
    if not rooms:
        return RefusalReason.UNKNOWN_ROOM
    if not (wish.is_possible and site.is_open(wish.starts_at, wish.ends_at)):
        return RefusalReason.CLOSED
    reasons: set[RefusalReason] = set()
    for room in rooms:
        reason = next(obstacles(wish, room, site, board, granted.get(room.id, ())), None)
        if reason is None:
            return room
        reasons.add(reason)
    return next(reason for reason in NEAREST_FIRST if reason in reasons)


def obstacle(wish: Wish, board: Board) -> RefusalReason | None:
    """Return why the room that the wish names is not free for it any more, opening hours aside."""
    room, site = board.rooms.get(wish.room_id) if wish.room_id else None, board.sites.get(wish.site_id)
    if room is None or site is None:
        return RefusalReason.UNKNOWN_ROOM
    return next(obstacles(wish, room, site, board), None)


def obstacles(wish: Wish, room: Room, site: Site, board: Board, granted: Sequence[Stay] = ()) -> Iterator[RefusalReason]:
    """Find every reason why an open site cannot give this room to the wish, the gravest first."""
    if not (site.is_active and room.is_active):
        yield RefusalReason.INACTIVE
    if room.capacity < wish.capacity:
        yield RefusalReason.TOO_SMALL
    if not wish.equipment <= room.equipment:
        yield RefusalReason.LACKS_EQUIPMENT
    if any(block.starts_at < wish.ends_at and wish.starts_at < block.ends_at for block in board.blocks.get(room.id, ())):
        yield RefusalReason.BLOCKED
    clashes = {stay.is_held for stays in (board.stays.get(room.id, ()), granted) for stay in _in_the_way(wish, room, stays)}
    if True in clashes:
        yield RefusalReason.HELD
    if False in clashes:
        yield RefusalReason.BOOKED


def stays_between(stays: Sequence[Stay], begin: datetime, end: datetime) -> Sequence[Stay]:
    """Return those that may occupy a room between these moments, and few others."""
    first = bisect_left(stays, begin - LONGEST_OCCUPATION, key=attrgetter("starts_at"))
    return stays[first : bisect_left(stays, end, first, key=attrgetter("starts_at"))]


def _in_the_way(wish: Wish, room: Room, stays: Sequence[Stay]) -> Iterator[Stay]:
    near = stays_between(stays, wish.starts_at, wish.ends_at + room.turnover)
    return (stay for stay in near if stay.occupied_until > wish.starts_at and stay.session_id != wish.session_id)
