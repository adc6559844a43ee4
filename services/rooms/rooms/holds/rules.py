"""What rooms decide: which room a request gets or why none, and what becomes of a hold; values in, decisions out.

Moments are aware datetimes, intervals include their begin and not their end, capacities are seats.
"""

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

from contracts.rooms import HoldRequest, Obstacle
from contracts.types import LONGEST_SESSION, GroupId, HoldId, RoomId, SessionId, SiteId

from rooms.places.facts import LONGEST_TURNOVER, Block, Places, Room, Site


class HoldStatus(StrEnum):
    """Where a hold is in its life."""

    HELD = "held"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class RoomNeed:
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
    def of(cls, request: HoldRequest) -> "RoomNeed":
        """Return what a hold request needs."""
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
        """Whether it ends after it begins and is no longer than the longest stay."""
        return timedelta() < self.ends_at - self.starts_at <= LONGEST_STAY

    @property
    def known_until(self) -> datetime:
        """Until when obstacles are looked for: the end or, of a stay that is too long anyway, the longest possible one."""
        return min(self.ends_at, self.starts_at + LONGEST_STAY)

    def surplus(self, room: Room) -> int:
        """Return how many seats and pieces of equipment of the room are not needed."""
        return room.capacity - self.capacity + len(room.equipment - self.equipment)

    def fits(self, room: Room) -> bool:
        """Whether the room offers what is requested."""
        return room.is_active and room.capacity >= self.capacity and self.equipment <= room.equipment


@dataclass(frozen=True, slots=True)
class Displaced:
    """A session that loses its room."""

    hold_id: HoldId
    session_id: SessionId
    need: RoomNeed
    """The same again, in any room."""
    room_id: RoomId | None = None
    """The room that it has."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold that keeps others out of a room, as it is compared with what scheduling has."""

    session_id: SessionId | None
    room_id: RoomId | None
    starts_at: datetime
    ends_at: datetime
    status: HoldStatus
    updated_at: datetime


LONGEST_OCCUPATION: Final = LONGEST_SESSION + LONGEST_TURNOVER
"""A stay and the turnover after it; bounds how far back anyone must look for what is still going on."""

LONGEST_STAY: Final = LONGEST_SESSION

NEAREST_FIRST: Final = (
    Obstacle.HELD,
    Obstacle.BOOKED,
    Obstacle.BLOCKED,
    Obstacle.LACKS_EQUIPMENT,
    Obstacle.TOO_SMALL,
    Obstacle.INACTIVE,
)
"""What to report where several rooms are refused for different reasons: the one that is nearest to a grant."""


TAKING: Final = (HoldStatus.HELD, HoldStatus.CONFIRMED)
"""In these a hold keeps everybody else out of its room."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A time for which somebody has a room; it is occupied a little longer."""

    starts_at: datetime
    occupied_until: datetime
    session_id: SessionId
    is_held: bool = False
    """Not confirmed yet."""


@dataclass(frozen=True, slots=True)
class Occupancy(Places):
    """The sites and rooms that a decision is about, and what takes them around the time in question."""

    stays: Mapping[RoomId, Sequence[Stay]] = field(default_factory=dict[RoomId, Sequence[Stay]])
    """Of each room in the order of their start."""
    blocks: Mapping[RoomId, Sequence[Block]] = field(default_factory=dict[RoomId, Sequence[Block]])
    _in_order: dict[tuple[SiteId, frozenset[str]], list[Room]] = field(
        default_factory=dict[tuple[SiteId, frozenset[str]], list[Room]], init=False, repr=False, compare=False
    )
    """The rooms of a site in the order for requests that need this equipment: requests of one question need the same."""

    def rooms_of(self, need: RoomNeed) -> list[Room]:
        """Return the rooms of the requested site: by surplus of seats, then of equipment, then by their place in lists."""
        key = need.site_id, need.equipment
        if key not in self._in_order:
            rooms = [room for room in self.rooms.values() if room.site_id == need.site_id]
            rooms.sort(key=lambda room: (room.capacity, len(room.equipment - need.equipment), *room.place))
            self._in_order[key] = rooms
        return self._in_order[key]


@dataclass(frozen=True, slots=True)
class Window:
    """A time in a room, or in every room of a site, about which a decision needs everything."""

    site_id: SiteId
    room_id: RoomId | None
    opens: datetime
    closes: datetime

    @classmethod
    def of(cls, need: RoomNeed) -> "Window":
        """Return what must be known to grant a request or to refuse it."""
        return cls(need.site_id, need.room_id, need.starts_at, need.known_until + LONGEST_TURNOVER)


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


def answer(requests: Sequence[HoldRequest], occupancy: Occupancy, now: datetime, lost_groups: Collection[GroupId] = ()) -> list[Decision]:
    """Return one decision for each request, in their order: what one is granted is taken for those that follow.

    A group gets all or nothing: a request that could be granted is refused with GROUP_REFUSED where another of its group cannot be, or
    where its group is one of ``lost_groups``, of which a part was refused before.
    """
    granted: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    decisions: dict[HoldId, Decision] = {}
    for unit in _units(requests):
        found = _grant_each(unit, occupancy, now, granted)
        if unit[0].group_id in lost_groups or any(isinstance(decision, Refusal) for decision in found):
            for grant in (decision for decision in found if isinstance(decision, Grant)):
                granted[grant.room.id].remove(grant.stay)
            found = [Refusal(decision.request, ALONE) if isinstance(decision, Grant) else decision for decision in found]
        decisions |= {decision.request.hold_id: decision for decision in found}
    return [decisions[request.hold_id] for request in requests]


def judge(request: HoldRequest, occupancy: Occupancy, now: datetime, granted: Mapping[RoomId, Sequence[Stay]] = NOTHING) -> Decision:
    """Return a grant with its room, or a refusal with the obstacles of the nearest room; ``granted`` are stays not stored yet."""
    found = choose(RoomNeed.of(request), occupancy, granted)
    late = (Obstacle.TOO_LATE,) if request.not_after < now else ()
    if isinstance(found, Room):
        return Refusal(request, late) if late else Grant(request, found)
    return Refusal(request, late + found)


def choose(need: RoomNeed, occupancy: Occupancy, granted: Mapping[RoomId, Sequence[Stay]] = NOTHING) -> Room | tuple[Obstacle, ...]:
    """Return the room that the need gets, with the least surplus unless it names one, or every obstacle of the nearest room."""
    site = occupancy.sites.get(need.site_id)
    if site is None:
        return (Obstacle.UNKNOWN_SITE,)
    if need.room_id is None:
        rooms = occupancy.rooms_of(need)
    else:
        named = occupancy.rooms.get(need.room_id)
        rooms = [named] if named is not None and named.site_id == site.id else []
    untimely = tuple(_untimely(need, site))
    if not rooms:
        return (Obstacle.UNKNOWN_ROOM, *untimely)
    against: list[tuple[Obstacle, ...]] = []
    for room in rooms:
        reasons = tuple(obstacles(need, room, site, occupancy, granted.get(room.id, ())))
        if not (untimely or reasons):
            return room
        against.append(reasons)
    return untimely + min(against, key=_distance)


def obstacles_now(need: RoomNeed, occupancy: Occupancy) -> tuple[Obstacle, ...]:
    """Return why the room that the need names is not free for it any more, apart from opening hours; empty where it is."""
    room, site = occupancy.rooms.get(need.room_id) if need.room_id else None, occupancy.sites.get(need.site_id)
    if room is None or site is None:
        return (Obstacle.UNKNOWN_ROOM,)
    return tuple(obstacles(need, room, site, occupancy))


def obstacles(need: RoomNeed, room: Room, site: Site, occupancy: Occupancy, granted: Sequence[Stay] = ()) -> Iterator[Obstacle]:
    """Yield every obstacle between an open site's room and the need, the gravest first; ``granted`` are stays not stored yet."""
    if not (site.is_active and room.is_active):
        yield Obstacle.INACTIVE
    if room.capacity < need.capacity:
        yield Obstacle.TOO_SMALL
    if not need.equipment <= room.equipment:
        yield Obstacle.LACKS_EQUIPMENT
    if any(block.starts_at < need.ends_at and need.starts_at < block.ends_at for block in occupancy.blocks.get(room.id, ())):
        yield Obstacle.BLOCKED
    clashes = {stay.is_held for stays in (occupancy.stays.get(room.id, ()), granted) for stay in _in_the_way(need, room, stays)}
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


def _grant_each(unit: Iterable[HoldRequest], occupancy: Occupancy, now: datetime, granted: Mapping[RoomId, list[Stay]]) -> list[Decision]:
    """Decide about the requests of a unit, those that leave no choice of the room first, and take what they get."""
    found: list[Decision] = []
    for request in sorted(unit, key=lambda request: request.room_id is None):
        decision = judge(request, occupancy, now, granted)
        if isinstance(decision, Grant):
            insort(granted[decision.room.id], decision.stay, key=attrgetter("starts_at"))
        found.append(decision)
    return found


def _untimely(need: RoomNeed, site: Site) -> Iterator[Obstacle]:
    if need.ends_at - need.starts_at > LONGEST_STAY:
        yield Obstacle.TOO_LONG
    if need.ends_at <= need.starts_at or not site.is_open(need.starts_at, need.known_until):
        yield Obstacle.CLOSED


def _distance(reasons: Sequence[Obstacle]) -> tuple[int, int]:
    """Return how far from a grant a room is against which these reasons speak."""
    return (NEAREST_FIRST.index(reasons[0]) if reasons else -1, len(reasons))


def stays_between(stays: Sequence[Stay], begin: datetime, end: datetime) -> Sequence[Stay]:
    """Return the stays, sorted by their begin, that may occupy a room between these moments; some of them end before."""
    first = bisect_left(stays, begin - LONGEST_OCCUPATION, key=attrgetter("starts_at"))
    return stays[first : bisect_left(stays, end, first, key=attrgetter("starts_at"))]


def _in_the_way(need: RoomNeed, room: Room, stays: Sequence[Stay]) -> Iterator[Stay]:
    near = stays_between(stays, need.starts_at, need.ends_at + room.turnover)
    return (stay for stay in near if stay.occupied_until > need.starts_at and stay.session_id != need.session_id)


def merged(windows: Iterable[tuple[UUID, Window]]) -> list[tuple[UUID, datetime, datetime]]:
    """Return each key with the begin and end of its windows, sorted by both, those that touch or overlap as one."""
    joined: list[tuple[UUID, datetime, datetime]] = []
    for key, window in sorted(windows, key=lambda keyed: (keyed[0], keyed[1].opens)):
        if joined and joined[-1][0] == key and window.opens <= joined[-1][2]:
            joined[-1] = (key, joined[-1][1], max(joined[-1][2], window.closes))
        else:
            joined.append((key, window.opens, window.closes))
    return joined
