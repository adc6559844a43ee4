"""Where sessions go whose room goes out of use: the same time in another room, nobody twice in one; values in, a plan out."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from contracts.types import HoldId, RoomId, SessionId

from rooms.domain import Board, Room, Stay, Wish, obstacles


@dataclass(frozen=True, slots=True)
class Displaced:
    """A session that loses its room."""

    hold_id: HoldId
    session_id: SessionId
    wish: Wish
    """The same again, in any room."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a session goes; nowhere at its time when there is no room."""

    displaced: Displaced
    room: Room | None


def place(displaced: Iterable[Displaced], board: Board) -> list[Placed]:
    """Find each session the plainest room at its own time; those with the fewest choices choose first."""
    granted: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    everybody = sorted(displaced, key=lambda each: (len(_rooms(each.wish, board, granted)), each.wish.starts_at, each.hold_id))
    placed = []
    for each in everybody:
        room = next(iter(_rooms(each.wish, board, granted)), None)
        if room is not None:
            stay = Stay(each.wish.starts_at, each.wish.ends_at + room.turnover, each.session_id)
            insort(granted[room.id], stay, key=attrgetter("starts_at"))
        placed.append(Placed(each, room))
    return sorted(placed, key=lambda each: (each.displaced.wish.starts_at, each.displaced.hold_id))


def _rooms(wish: Wish, board: Board, granted: defaultdict[RoomId, list[Stay]]) -> Sequence[Room]:
    site = board.sites.get(wish.site_id)
    if site is None or not site.is_open(wish.starts_at, wish.ends_at):
        return ()
    return [room for room in board.rooms_of(wish) if next(obstacles(wish, room, site, board, granted[room.id]), None) is None]
