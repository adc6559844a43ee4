"""Alternatives of a request: every suitable room at every start in the window, all of them scored before the best are chosen.

Nearer in time comes first, earlier and later alike. Among equals: the requested room, the least waste of places and
equipment, no gap left that nobody can use, the same floor. The score is that order as a number from 0 to 100.

All times are microseconds on one clock, and a room is described by the starts at which it could take the stay: inside
the openings, outside everything that would collide. Then a candidate costs a comparison or two.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from itertools import pairwise
from typing import Final

from chassis.hours import is_shown
from chassis.named_times import shift_text
from contracts.rooms import Alternative, AlternativeKind
from contracts.types import AlternativeId

from rooms.holds.rules import Occupancy, RoomNeed, stays_between
from rooms.places.facts import LONGEST_TURNOVER, Room, Site

MOST: Final = 50
"""Alternatives in one answer."""
REACH: Final = timedelta(hours=4)
STEP: Final = timedelta(minutes=15)
STEPS: Final = REACH // STEP
DAYS: Final = 14
STAGES: Final = (-1, 4, STEPS, STEPS + 2, STEPS + DAYS)
"""Up to which level starts are looked at together; most often the first stage that has any is enough."""
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
    """A time to try, and how far it is from the requested one: steps of a quarter of an hour first, then days."""

    at: datetime
    level: int
    days: int = 0


def stages(need: RoomNeed, site: Site, now: datetime) -> list[list[Start]]:
    """Return the starts to try that have not passed: every one of a stage is nearer than any of the next.

    First come those around the requested time; then the same time on the wall on the days that follow, where the clock shows it.
    """
    around = [Start(need.starts_at + step * STEP, abs(step)) for step in range(-STEPS, STEPS + 1)]
    wall = need.starts_at.astimezone(site.zone)
    shown = ((days, wall + timedelta(days=days)) for days in range(1, DAYS + 1))
    later = [Start(time.astimezone(UTC), STEPS + days, days) for days, time in shown if is_shown(time)]
    possible = [start for start in (*around, *later) if start.at >= now]
    return [[start for start in possible if first < start.level <= last] for first, last in pairwise(STAGES)]


def windows(need: RoomNeed, starts: Sequence[Start]) -> list[Period]:
    """Return the times that must be known to judge these starts, in order and without overlaps."""
    length = need.ends_at - need.starts_at
    found: list[Period] = []
    for start in starts:
        opens, closes = start.at - USABLE_GAP, start.at + length + LONGEST_TURNOVER + USABLE_GAP
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], closes)
        else:
            found.append((opens, closes))
    return found


def best(need: RoomNeed, starts: Sequence[Start], occupancy: Occupancy, most: int, mint: Callable[[], AlternativeId]) -> list[Alternative]:
    """Return the best of these starts in every room that fits, at most ``most``, the best first; none where the site is closed or unknown.

    ``starts`` are in the order of time; ``mint`` gives each alternative its id.
    """
    site = occupancy.sites.get(need.site_id)
    if site is None or not (site.is_active and starts and need.is_possible):
        return []
    rooms = [room for room in occupancy.rooms_of(need) if need.fits(room)]
    needed = rooms[0] if need.room_id is None and rooms else occupancy.rooms.get(need.room_id) if need.room_id else None
    search = _Search(need, site, occupancy, starts)
    scored = [found for rank, room in enumerate(rooms) for found in search.score(rank, room, needed)]
    plainest = min((need.surplus(room) for room in rooms), default=0)
    found = []
    for lost, _, rank, index, leaves_a_gap in nsmallest(most, scored):
        stated = list(_reasons(need, rooms[rank], starts[index], needed))
        stated += [] if need.surplus(rooms[rank]) > plainest else [("least_waste", "smallest room that fits")]
        stated += [] if leaves_a_gap else [("no_gap", "leaves no gap too short to book")]
        found.append(_describe(need, rooms[rank], starts[index], needed, PERFECT - lost, stated, mint))
    return found


class _Search:
    """One request, its starts, and what takes its rooms, as plain numbers."""

    def __init__(self, need: RoomNeed, site: Site, occupancy: Occupancy, starts: Sequence[Start]) -> None:
        self._need = need
        self._occupancy = occupancy
        self._needed_start = _ticks(need.starts_at)
        self._length = _ticks(need.ends_at) - self._needed_start
        self._starts = [(index, start.level * LEVEL_POINTS, _ticks(start.at)) for index, start in enumerate(starts)]
        self._first, self._last = starts[0].at, starts[-1].at + (need.ends_at - need.starts_at)
        openings = site.openings(self._first, self._last)
        runs = ((_ticks(opens), _ticks(closes) - self._length) for opens, closes in openings)
        self._open = [(first, last) for first, last in runs if first <= last]

    def score(self, rank: int, room: Room, needed: Room | None) -> Iterator[tuple[int, int, int, int, bool]]:
        """Yield (points lost, start, rank of the room, which start, leaves a gap) for every start at which the room is free."""
        free = list(_free_starts(self._open, self._collisions(room)))
        first_starts = [first for first, _ in free]
        is_needed = needed is not None and room.id == needed.id
        lost_by_room = min(self._need.surplus(room), MOST_WASTE) * WASTE_POINTS
        if not is_needed:
            lost_by_room += OTHER_ROOM_POINTS
            lost_by_room += 0 if needed is not None and _on_one_floor(room, needed) else OTHER_FLOOR_POINTS
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
        """Return the starts in this room that are no alternative: the request itself, and where its session is already."""
        need, stays = self._need, self._occupancy.stays.get(room.id, ())
        own = {_ticks(stay.starts_at) for stay in stays if stay.session_id == need.session_id}
        return own | {self._needed_start} if need.room_id == room.id else own

    def _collisions(self, room: Room) -> list[Starts]:
        """Return the runs of starts, without their ends, at which the room would not be free."""
        length, with_turnover = self._length, self._length + room.turnover // MICROSECOND
        stays = stays_between(self._occupancy.stays.get(room.id, ()), self._first, self._last + LONGEST_TURNOVER)
        blocks = self._occupancy.blocks.get(room.id, ())
        taken = [
            (_ticks(stay.starts_at) - with_turnover, _ticks(stay.occupied_until))
            for stay in stays
            if stay.session_id != self._need.session_id
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


def _reasons(need: RoomNeed, room: Room, start: Start, needed: Room | None) -> Iterator[tuple[str, str]]:
    """Return what an alternative keeps and changes of a request: for machines and for people."""
    yield _moved(start, start.at - need.starts_at)
    if need.room_id is not None and needed is not None:
        if room.id == needed.id:
            yield "same_room", "same room"
        elif _on_one_floor(room, needed):
            yield "same_floor", "same floor"
    for name in sorted(need.equipment):
        yield f"has:{name}", f"has {name.replace('_', ' ')}"


def _describe(
    need: RoomNeed,
    room: Room,
    start: Start,
    needed: Room | None,
    points: int,
    stated: Sequence[tuple[str, str]],
    mint: Callable[[], AlternativeId],
) -> Alternative:
    shift = start.at - need.starts_at
    same_room = needed is not None and room.id == needed.id
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
        ends_at=start.at + (need.ends_at - need.starts_at),
        shift_minutes=shift // timedelta(minutes=1),
        score=points / 100,
        reasons=tuple(text for _, text in stated),
        reason_codes=tuple(code for code, _ in stated),
    )


def _moved(start: Start, shift: timedelta) -> tuple[str, str]:
    if not shift:
        return "same_time", "same time"
    if start.days:
        day = "next day" if start.days == 1 else "a week later" if start.days == A_WEEK else f"{start.days} days later"
        return f"later_day:{start.days}", f"{day}, same time"
    way, total = "later" if shift > timedelta() else "earlier", abs(shift) // timedelta(minutes=1)
    return f"{way}:{total}", shift_text(shift // timedelta(minutes=1))


def _on_one_floor(room: Room, other: Room) -> bool:
    floor, others = FLOOR.match(room.number), FLOOR.match(other.number)
    return floor is not None and others is not None and floor[1] == others[1]


def _ticks(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND
