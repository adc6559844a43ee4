"""What else would do: every suitable room at every start in the window, all of them scored before the best are cut.

Nearer in time comes first, earlier and later alike. Among equals: the wished room, the least waste of places and
equipment, no gap left that nobody can use, the same floor. The score is that order, spoken as a number.

All times are microseconds on one clock, and a room is described by the starts at which it could take the stay: inside
the openings, outside everything that would collide. Then a candidate costs a comparison or two.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from typing import Final

from contracts.hours import is_shown
from contracts.rooms import Alternative, AlternativeKind, shift_in_words
from contracts.types import AlternativeId

from rooms.domain import LONGEST_TURNOVER, Board, Room, Site, Wish, stays_between

MOST: Final = 50
"""Alternatives in one answer."""
REACH: Final = timedelta(hours=4)
STEP: Final = timedelta(minutes=15)
STEPS: Final = REACH // STEP
DAYS: Final = 14
USABLE_GAP: Final = timedelta(minutes=30)
"""A shorter time between two stays is of no use to anybody."""

PERFECT: Final = 10_000
"""Points; a hundred of them are one of the score."""
LEVEL_POINTS: Final = 300
"""Lost by each step away in time: more than everything below together."""
OTHER_ROOM_POINTS: Final = 150
WASTE_POINTS: Final = 10
MOST_WASTE: Final = 9
GAP_POINTS: Final = 6
OTHER_FLOOR_POINTS: Final = 3

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
A_WEEK: Final = 7
FLOOR: Final = re.compile(r"(\d+)\d\d")

Period = tuple[datetime, datetime]
Starts = tuple[int, int]
"""The first and last of a run of possible starts."""


@dataclass(frozen=True, slots=True)
class Start:
    """A time to try, and how far it is from the wished one: steps of a quarter of an hour first, then days."""

    at: datetime
    level: int
    days: int = 0


def near(wish: Wish) -> list[Start]:
    """Return the starts to try around the wished time."""
    return [Start(wish.starts_at + step * STEP, abs(step)) for step in range(-STEPS, STEPS + 1)]


def later(wish: Wish, site: Site) -> list[Start]:
    """Return the same time on the wall on the days that follow, where the clock shows it."""
    wall = wish.starts_at.astimezone(site.zone)
    shown = ((days, wall + timedelta(days=days)) for days in range(1, DAYS + 1))
    return [Start(time.astimezone(UTC), STEPS + days, days) for days, time in shown if is_shown(time)]


def windows(wish: Wish, starts: Sequence[Start]) -> list[Period]:
    """Return the times that must be known to judge these starts, in order and without overlaps."""
    length = wish.ends_at - wish.starts_at
    found: list[Period] = []
    for start in starts:
        opens, closes = start.at - USABLE_GAP, start.at + length + LONGEST_TURNOVER + USABLE_GAP
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], closes)
        else:
            found.append((opens, closes))
    return found


def best(
    wish: Wish, starts: Sequence[Start], board: Board, now: datetime, most: int, mint: Callable[[], AlternativeId]
) -> list[Alternative]:
    """Return the best of these starts in every room that fits, at most so many, the best first."""
    site = board.sites.get(wish.site_id)
    if site is None or not (site.is_active and starts and wish.is_possible):
        return []
    rooms = [room for room in board.rooms_of(wish) if wish.fits(room)]
    wished = rooms[0] if wish.room_id is None and rooms else board.rooms.get(wish.room_id) if wish.room_id else None
    search = _Search(wish, site, board, starts, now)
    scored = [found for rank, room in enumerate(rooms) for found in search.score(rank, room, wished)]
    plainest = min((wish.surplus(room) for room in rooms), default=0)
    found = []
    for lost, _, rank, index, leaves_a_gap in nsmallest(most, scored):
        said = list(_reasons(wish, rooms[rank], starts[index], wished))
        said += [] if wish.surplus(rooms[rank]) > plainest else [("least_waste", "fits best")]
        said += [] if leaves_a_gap else [("no_gap", "leaves no gap")]
        found.append(_describe(wish, rooms[rank], starts[index], wished, PERFECT - lost, said, mint))
    return found


class _Search:
    """One wish, its starts, and what takes its rooms, as plain numbers."""

    def __init__(self, wish: Wish, site: Site, board: Board, starts: Sequence[Start], now: datetime) -> None:
        self._wish = wish
        self._board = board
        self._wished_start = _ticks(wish.starts_at)
        self._length = _ticks(wish.ends_at) - self._wished_start
        earliest = _ticks(now)
        moments = ((index, start.level * LEVEL_POINTS, _ticks(start.at)) for index, start in enumerate(starts))
        self._starts = [(index, lost, at) for index, lost, at in moments if at >= earliest]
        self._first, self._last = starts[0].at, starts[-1].at + (wish.ends_at - wish.starts_at)
        openings = site.openings(self._first, self._last)
        runs = ((_ticks(opens), _ticks(closes) - self._length) for opens, closes in openings)
        self._open = [(first, last) for first, last in runs if first <= last]

    def score(self, rank: int, room: Room, wished: Room | None) -> Iterator[tuple[int, int, int, int, bool]]:
        """Yield (points lost, start, rank of the room, which start, leaves a gap) for every start at which the room is free."""
        free = list(_free_starts(self._open, self._collisions(room)))
        first_starts = [first for first, _ in free]
        is_wished = wished is not None and room.id == wished.id
        lost_by_room = min(self._wish.surplus(room), MOST_WASTE) * WASTE_POINTS
        if not is_wished:
            lost_by_room += OTHER_ROOM_POINTS
            lost_by_room += 0 if wished is not None and _on_one_floor(room, wished) else OTHER_FLOOR_POINTS
        no_change = self._no_change(room)
        gap = USABLE_GAP // MICROSECOND
        for index, lost, at in self._starts:
            place = bisect_right(first_starts, at) - 1
            if place < 0 or at > free[place][1] or at in no_change:
                continue
            first, last = free[place]
            leaves_a_gap = 0 < at - first < gap or 0 < last - at < gap
            yield lost + lost_by_room + (GAP_POINTS if leaves_a_gap else 0), at, rank, index, leaves_a_gap

    def _no_change(self, room: Room) -> set[int]:
        """Return the starts in this room that are no alternative: the wish itself, and where its session is already."""
        wish, stays = self._wish, self._board.stays.get(room.id, ())
        own = {_ticks(stay.starts_at) for stay in stays if stay.session_id == wish.session_id}
        return own | {self._wished_start} if wish.room_id == room.id else own

    def _collisions(self, room: Room) -> list[Starts]:
        """Return the runs of starts, without their ends, at which the room would not be free."""
        length, with_turnover = self._length, self._length + room.turnover // MICROSECOND
        stays = stays_between(self._board.stays.get(room.id, ()), self._first, self._last + LONGEST_TURNOVER)
        blocks = self._board.blocks.get(room.id, ())
        taken = [
            (_ticks(stay.starts_at) - with_turnover, _ticks(stay.occupied_until))
            for stay in stays
            if stay.session_id != self._wish.session_id
        ]
        taken += [(_ticks(block.starts_at) - length, _ticks(block.ends_at)) for block in blocks]
        return sorted(taken)


def _free_starts(openings: Iterable[Starts], collisions: Sequence[Starts]) -> Iterator[Starts]:
    for first, last in openings:
        begin = first
        for before, after in collisions:
            if after <= begin:
                continue
            if before >= last:
                break
            if before >= begin:
                yield begin, before
            begin = after
        if begin <= last:
            yield begin, last


def _reasons(wish: Wish, room: Room, start: Start, wished: Room | None) -> Iterator[tuple[str, str]]:
    """Say what an alternative keeps and changes of a wish: for machines and for people."""
    yield _moved(start, start.at - wish.starts_at)
    if wish.room_id is not None and wished is not None:
        if room.id == wished.id:
            yield "same_room", "same room"
        elif _on_one_floor(room, wished):
            yield "same_floor", "same floor"
    for name in sorted(wish.equipment):
        yield f"has:{name}", f"has {name.replace('_', ' ')}"


def _describe(
    wish: Wish,
    room: Room,
    start: Start,
    wished: Room | None,
    points: int,
    said: Sequence[tuple[str, str]],
    mint: Callable[[], AlternativeId],
) -> Alternative:
    shift = start.at - wish.starts_at
    same_room = wished is not None and room.id == wished.id
    kind = AlternativeKind.OTHER_ROOM_OTHER_TIME
    if not shift:
        kind = AlternativeKind.SAME_TIME_OTHER_ROOM
    elif same_room:
        kind = AlternativeKind.SAME_ROOM_OTHER_TIME
    return Alternative(
        id=mint(),
        kind=kind,
        room_id=room.id,
        room_number=room.number,
        room_name=room.name,
        site_id=room.site_id,
        starts_at=start.at,
        ends_at=start.at + (wish.ends_at - wish.starts_at),
        shift_minutes=shift // timedelta(minutes=1),
        score=points / 100,
        reasons=tuple(spoken for _, spoken in said),
        reason_codes=tuple(code for code, _ in said),
    )


def _moved(start: Start, shift: timedelta) -> tuple[str, str]:
    if not shift:
        return "same_time", "same time"
    if start.days:
        day = "next day" if start.days == 1 else "a week later" if start.days == A_WEEK else f"{start.days} days later"
        return f"later_day:{start.days}", f"{day}, same time"
    way, total = "later" if shift > timedelta() else "earlier", abs(shift) // timedelta(minutes=1)
    return f"{way}:{total}", shift_in_words(shift // timedelta(minutes=1))


def _on_one_floor(room: Room, other: Room) -> bool:
    floor, others = FLOOR.match(room.number), FLOOR.match(other.number)
    return floor is not None and others is not None and floor[1] == others[1]


def _ticks(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND
