"""Where sessions go whose room goes out of use: the same time in another room, nobody twice in one; values in, a plan out."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from contracts.types import RoomId

from rooms.holds.rules import Displaced, Occupancy, RoomNeed, Stay, obstacles
from rooms.places.facts import Room, Site


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a session goes; nowhere at its time when there is no room."""

    displaced: Displaced
    room: Room | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of sessions when their rooms are not what they were."""

    stayed: Sequence[Displaced]
    placed: Sequence[Placed]
    stays: Mapping[RoomId, Sequence[Stay]]
    """What takes the rooms then."""


def replay(sessions: Iterable[Displaced], occupancy: Occupancy) -> Outcome:
    """Leave everybody where they are as far as that can be, first come first; find the others another room at their time."""
    granted: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    stayed: list[Displaced] = []
    displaced: list[Displaced] = []
    for each in sorted(sessions, key=lambda each: (each.need.starts_at, each.hold_id)):
        room, site = occupancy.rooms.get(each.room_id) if each.room_id else None, occupancy.sites.get(each.need.site_id)
        if room is None or site is None or not room.is_active or not _is_free(each.need, room, site, occupancy, granted[room.id]):
            displaced.append(each)
            continue
        granted[room.id].append(_stay(each, room))
        stayed.append(each)
    placed = place(displaced, replace(occupancy, stays=granted))
    for each in placed:
        if each.room is not None:
            insort(granted[each.room.id], _stay(each.displaced, each.room), key=attrgetter("starts_at"))
    return Outcome(stayed, placed, granted)


def place(displaced: Iterable[Displaced], occupancy: Occupancy) -> list[Placed]:
    """Find each session the plainest room at its own time; those with the fewest choices choose first."""
    granted: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    everybody = sorted(displaced, key=lambda each: (len(_rooms(each.need, occupancy, granted)), each.need.starts_at, each.hold_id))
    placed = []
    for each in everybody:
        room = next(iter(_rooms(each.need, occupancy, granted)), None)
        if room is not None:
            insort(granted[room.id], _stay(each, room), key=attrgetter("starts_at"))
        placed.append(Placed(each, room))
    return sorted(placed, key=lambda each: (each.displaced.need.starts_at, each.displaced.hold_id))


def _rooms(need: RoomNeed, occupancy: Occupancy, granted: defaultdict[RoomId, list[Stay]]) -> Sequence[Room]:
    site = occupancy.sites.get(need.site_id)
    if site is None or not site.is_open(need.starts_at, need.ends_at):
        return ()
    return [room for room in occupancy.rooms_of(need) if _is_free(need, room, site, occupancy, granted[room.id])]


def _is_free(need: RoomNeed, room: Room, site: Site, occupancy: Occupancy, granted: Sequence[Stay]) -> bool:
    return next(obstacles(need, room, site, occupancy, granted), None) is None


def _stay(each: Displaced, room: Room) -> Stay:
    return Stay(each.need.starts_at, each.need.ends_at + room.turnover, each.session_id)
