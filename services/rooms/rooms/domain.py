"""What rooms decide: which room a wish gets or why none, and what becomes of a hold; values in, decisions out."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.hours import Opening, Timetable
from contracts.rooms import HoldRequest, Obstacle
from contracts.types import LONGEST_SESSION, GroupId, HoldId, RoomId, SessionId, SiteId

LONGEST_OCCUPATION: Final = LONGEST_SESSION + timedelta(hours=2)
"""A stay and the turnover after it; bounds how far back anyone must look for what is still going on."""
LONGEST_TURNOVER: Final = timedelta(hours=2)
LONGEST_STAY: Final = LONGEST_SESSION

NEAREST_FIRST: Final = (
    Obstacle.HELD,
    Obstacle.BOOKED,
    Obstacle.BLOCKED,
    Obstacle.LACKS_EQUIPMENT,
    Obstacle.TOO_SMALL,
    Obstacle.INACTIVE,
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
    position: int = 0
    """Where it stands in its site's lists; equal ones are in the order of their numbers."""

    @property
    def place(self) -> tuple[int, str]:
        """What lists are sorted by."""
        return self.position, self.number


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

    @property
    def known_until(self) -> datetime:
        """Until when anybody must look for what is in its way; behind that the stay is too long anyway."""
        return min(self.ends_at, self.starts_at + LONGEST_STAY)

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
        return sorted(rooms, key=lambda room: (room.capacity - wish.capacity, len(room.equipment - wish.equipment), *room.place))


@dataclass(frozen=True, slots=True)
class Grant:
    """A request gets this room."""

    request: HoldRequest
    room: Room

    @property
    def stay(self) -> Stay:
        """What is taken by it."""
        return Stay(self.request.starts_at, self.request.ends_at + self.room.turnover, self.request.session_id, is_held=True)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request gets no room."""

    request: HoldRequest
    reasons: tuple[Obstacle, ...]
    """Everything that speaks against the room nearest to a grant, the gravest first; never empty."""


Decision = Grant | Refusal
NOTHING: Final[Mapping[RoomId, Sequence[Stay]]] = MappingProxyType({})
ALONE: Final = (Obstacle.GROUP_REFUSED,)
"""Nothing speaks against the request itself."""


def answer(requests: Sequence[HoldRequest], board: Board, now: datetime, lost_groups: Collection[GroupId] = ()) -> list[Decision]:
    """Decide about requests in their order; what one is granted is taken for those that follow, and a group gets all or nothing."""
    granted: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    decisions: dict[HoldId, Decision] = {}
    for unit in _units(requests):
        found = _grant_each(unit, board, now, granted)
        if unit[0].group_id in lost_groups or any(isinstance(decision, Refusal) for decision in found):
            for grant in (decision for decision in found if isinstance(decision, Grant)):
                granted[grant.room.id].remove(grant.stay)
            found = [Refusal(decision.request, ALONE) if isinstance(decision, Grant) else decision for decision in found]
        decisions |= {decision.request.hold_id: decision for decision in found}
    return [decisions[request.hold_id] for request in requests]


def judge(request: HoldRequest, board: Board, now: datetime, granted: Mapping[RoomId, Sequence[Stay]] = NOTHING) -> Decision:
    """Decide about one request."""
    found = choose(Wish.of(request), board, granted)
    late = (Obstacle.TOO_LATE,) if request.not_after < now else ()
    if isinstance(found, Room):
        return Refusal(request, late) if late else Grant(request, found)
    return Refusal(request, late + found)


def choose(wish: Wish, board: Board, granted: Mapping[RoomId, Sequence[Stay]] = NOTHING) -> Room | tuple[Obstacle, ...]:
    """Return the room that the wish gets, the plainest unless it names one, or every reason why the nearest is not to be had."""
    site = board.sites.get(wish.site_id)
    if site is None:
        return (Obstacle.UNKNOWN_SITE,)
    if wish.room_id is None:
        rooms = board.rooms_of(wish)
    else:
        named = board.rooms.get(wish.room_id)
        rooms = [named] if named is not None and named.site_id == site.id else []
    untimely = tuple(_untimely(wish, site))
    if not rooms:
        return (Obstacle.UNKNOWN_ROOM, *untimely)
    against: list[tuple[Obstacle, ...]] = []
    for room in rooms:
        reasons = tuple(obstacles(wish, room, site, board, granted.get(room.id, ())))
        if not (untimely or reasons):
            return room
        against.append(reasons)
    return untimely + min(against, key=_distance)


def obstacles_now(wish: Wish, board: Board) -> tuple[Obstacle, ...]:
    """Return why the room that the wish names is not free for it any more, opening hours aside."""
    room, site = board.rooms.get(wish.room_id) if wish.room_id else None, board.sites.get(wish.site_id)
    if room is None or site is None:
        return (Obstacle.UNKNOWN_ROOM,)
    return tuple(obstacles(wish, room, site, board))


def obstacles(wish: Wish, room: Room, site: Site, board: Board, granted: Sequence[Stay] = ()) -> Iterator[Obstacle]:
    """Find every reason why an open site cannot give this room to the wish, the gravest first."""
    if not (site.is_active and room.is_active):
        yield Obstacle.INACTIVE
    if room.capacity < wish.capacity:
        yield Obstacle.TOO_SMALL
    if not wish.equipment <= room.equipment:
        yield Obstacle.LACKS_EQUIPMENT
    if any(block.starts_at < wish.ends_at and wish.starts_at < block.ends_at for block in board.blocks.get(room.id, ())):
        yield Obstacle.BLOCKED
    clashes = {stay.is_held for stays in (board.stays.get(room.id, ()), granted) for stay in _in_the_way(wish, room, stays)}
    if False in clashes:
        yield Obstacle.BOOKED
    if True in clashes:
        yield Obstacle.HELD


def _units(requests: Iterable[HoldRequest]) -> Iterable[list[HoldRequest]]:
    """Return what is granted together or not at all: a group, or a request that belongs to none."""
    units: defaultdict[tuple[bool, UUID], list[HoldRequest]] = defaultdict(list)
    for request in requests:
        units[request.group_id is None, request.group_id or request.hold_id].append(request)
    return units.values()


def _grant_each(unit: Iterable[HoldRequest], board: Board, now: datetime, granted: Mapping[RoomId, list[Stay]]) -> list[Decision]:
    """Decide about the requests of a unit, those that leave no choice of the room first, and take what they get."""
    found: list[Decision] = []
    for request in sorted(unit, key=lambda request: request.room_id is None):
        decision = judge(request, board, now, granted)
        if isinstance(decision, Grant):
            insort(granted[decision.room.id], decision.stay, key=attrgetter("starts_at"))
        found.append(decision)
    return found


def _untimely(wish: Wish, site: Site) -> Iterator[Obstacle]:
    if wish.ends_at - wish.starts_at > LONGEST_STAY:
        yield Obstacle.TOO_LONG
    if wish.ends_at <= wish.starts_at or not site.is_open(wish.starts_at, wish.known_until):
        yield Obstacle.CLOSED


def _distance(reasons: Sequence[Obstacle]) -> tuple[int, int]:
    """Return how far from a grant a room is against which these reasons speak."""
    return (NEAREST_FIRST.index(reasons[0]) if reasons else -1, len(reasons))


def stays_between(stays: Sequence[Stay], begin: datetime, end: datetime) -> Sequence[Stay]:
    """Return those that may occupy a room between these moments, and few others."""
    first = bisect_left(stays, begin - LONGEST_OCCUPATION, key=attrgetter("starts_at"))
    return stays[first : bisect_left(stays, end, first, key=attrgetter("starts_at"))]


def _in_the_way(wish: Wish, room: Room, stays: Sequence[Stay]) -> Iterator[Stay]:
    near = stays_between(stays, wish.starts_at, wish.ends_at + room.turnover)
    return (stay for stay in near if stay.occupied_until > wish.starts_at and stay.session_id != wish.session_id)
